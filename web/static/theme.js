// Before the first paint, so that nobody is dazzled: the theme that was chosen last.
try {
  const theme = localStorage.getItem("tradepost.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* no storage, no memory */ }
