//! The browser's `Intl`, with its formatters kept: making one costs a hundred times as much as using it.

use std::cell::RefCell;
use std::collections::HashMap;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    static FORMATTERS: RefCell<HashMap<String, Function>> = RefCell::new(HashMap::new());
}

/// The `format` function of `Intl.<kind>` with these options.
fn formatter(kind: &str, options: &[(&str, JsValue)]) -> Option<Function> {
    let key = format!("{kind} {options:?}");
    if let Some(known) = FORMATTERS.with_borrow(|all| all.get(&key).cloned()) {
        return Some(known);
    }
    let intl = Reflect::get(&js_sys::global(), &JsValue::from_str("Intl")).ok()?;
    let class: Function = Reflect::get(&intl, &JsValue::from_str(kind)).ok()?.dyn_into().ok()?;
    let bag = Object::new();
    for (name, value) in options {
        Reflect::set(&bag, &JsValue::from_str(name), value).ok()?;
    }
    // No locale given means the person's own.
    let arguments = Array::of2(&JsValue::UNDEFINED, &bag);
    let object = Reflect::construct(&class, &arguments).ok()?;
    let format: Function = Reflect::get(&object, &JsValue::from_str("format"))
        .ok()?
        .dyn_into()
        .ok()?;
    let bound = format.bind0(&object);
    FORMATTERS.with_borrow_mut(|all| all.insert(key, bound.clone()));
    Some(bound)
}

fn text(value: Option<JsValue>) -> Option<String> {
    value.and_then(|value| value.as_string())
}

/// An exact decimal number in the person's own notation, with these options of `Intl.NumberFormat`.
pub(super) fn number(decimal: &str, options: &[(&str, JsValue)]) -> Option<String> {
    // A string is formatted exactly; a JavaScript number would go through a float.
    let format = formatter("NumberFormat", options)?;
    text(format.call1(&JsValue::UNDEFINED, &JsValue::from_str(decimal)).ok())
}

/// An instant in a zone, with these options of `Intl.DateTimeFormat`.
pub(super) fn instant(milliseconds: i64, zone: Option<&str>, options: &[(&str, &str)]) -> Option<String> {
    let mut bag: Vec<(&str, JsValue)> = options
        .iter()
        .map(|(name, value)| (*name, JsValue::from_str(value)))
        .collect();
    if let Some(zone) = zone {
        bag.push(("timeZone", JsValue::from_str(zone)));
    }
    let format = formatter("DateTimeFormat", &bag)?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of this era fit a double exactly"
    )]
    let date = js_sys::Date::new(&JsValue::from_f64(milliseconds as f64));
    text(format.call1(&JsValue::UNDEFINED, &date).ok())
}

/// The name of a country in the person's own language.
pub(super) fn region(code: &str) -> Option<String> {
    let intl = Reflect::get(&js_sys::global(), &JsValue::from_str("Intl")).ok()?;
    let class: Function = Reflect::get(&intl, &JsValue::from_str("DisplayNames"))
        .ok()?
        .dyn_into()
        .ok()?;
    let bag = Object::new();
    Reflect::set(&bag, &JsValue::from_str("type"), &JsValue::from_str("region")).ok()?;
    let object = Reflect::construct(&class, &Array::of2(&JsValue::UNDEFINED, &bag)).ok()?;
    let of: Function = Reflect::get(&object, &JsValue::from_str("of")).ok()?.dyn_into().ok()?;
    text(of.call1(&object, &JsValue::from_str(code)).ok())
}

/// The day of an instant in a zone as `YYYY-MM-DD`, whatever the person's own notation: what `<input type="date">` holds.
pub(super) fn iso_day(milliseconds: i64, zone: &str) -> Option<String> {
    let intl = Reflect::get(&js_sys::global(), &JsValue::from_str("Intl")).ok()?;
    let class: Function = Reflect::get(&intl, &JsValue::from_str("DateTimeFormat"))
        .ok()?
        .dyn_into()
        .ok()?;
    let bag = Object::new();
    for (name, value) in [
        ("year", "numeric"),
        ("month", "2-digit"),
        ("day", "2-digit"),
        ("timeZone", zone),
    ] {
        Reflect::set(&bag, &JsValue::from_str(name), &JsValue::from_str(value)).ok()?;
    }
    // Canada writes its days as the standard does.
    let object = Reflect::construct(&class, &Array::of2(&JsValue::from_str("en-CA"), &bag)).ok()?;
    let format: Function = Reflect::get(&object, &JsValue::from_str("format"))
        .ok()?
        .dyn_into()
        .ok()?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of this era fit a double exactly"
    )]
    let date = js_sys::Date::new(&JsValue::from_f64(milliseconds as f64));
    text(format.call1(&object, &date).ok())
}
