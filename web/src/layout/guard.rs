//! Who may be where. Nothing of an audience's pages is made before it is known who is here, so that the
//! wrong screen never flashes.

use leptos::prelude::*;
use tradepost_contract::auth::MySecondFactor;
use tradepost_contract::users::Audience;

use crate::router;
use crate::routes::{Route, sign_in_and_return};
use crate::session::{self, Standing};

/// What may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is not known yet who is here.
    Unknown,
    /// A page that needs nobody.
    Public,
    /// Somebody of the other audience is here.
    Elsewhere,
    /// Somebody of the audience, who has to set up a second factor first.
    MustEnrol,
    /// The audience's own pages.
    Inside,
}

/// Makes the stage, and leads to the sign-in page and back.
pub struct Guard;

impl Guard {
    /// The stage for this audience's program.
    #[expect(clippy::new_ret_no_self, reason = "the guard is the effect that it starts")]
    pub fn new(own: Audience, route: Memo<Option<Route>>) -> Memo<Stage> {
        Effect::new(move |_| match (session::standing().get(), route.get()) {
            (Standing::SignedOut, route) if !route.is_some_and(Route::is_public) => {
                let here = crate::browser::here();
                router::replace(&sign_in_and_return(&here));
            }
            (Standing::SignedIn(me), Some(Route::SignIn)) => {
                let to = untrack(|| router::address().with(|address| address.query.get("to").map(str::to_owned)));
                router::replace(&destination(me.audience, to.as_deref()));
            }
            (Standing::SignedIn(_), Some(Route::SignUp)) => {
                let product = untrack(|| router::address().with(|now| now.query.get("product").map(str::to_owned)));
                router::replace(&crate::routes::buy(product.as_deref()));
            }
            _ => {}
        });
        Memo::new(move |_| stage(own, &session::standing().get(), route.get()))
    }
}

fn stage(own: Audience, standing: &Standing, route: Option<Route>) -> Stage {
    match (standing, route) {
        (
            _,
            Some(
                Route::Gallery
                | Route::ForgotPassword
                | Route::ResetPassword
                | Route::AcceptInvitation
                | Route::ConfirmEmail,
            ),
        ) => Stage::Public,
        (Standing::SignedOut, Some(Route::SignIn | Route::SignUp)) => Stage::Public,
        // On the way to the sign-in page, or from it.
        (Standing::Unknown | Standing::SignedOut, _) | (Standing::SignedIn(_), Some(Route::SignIn | Route::SignUp)) => {
            Stage::Unknown
        }
        (Standing::SignedIn(me), _) if me.audience == own && me.second_factor == MySecondFactor::Required => {
            Stage::MustEnrol
        }
        (Standing::SignedIn(me), _) if me.audience == own => Stage::Inside,
        (Standing::SignedIn(_), _) => Stage::Elsewhere,
    }
}

/// The first page of an audience.
pub const fn home_of(audience: Audience) -> &'static str {
    match audience {
        Audience::Staff => "/console",
        Audience::Supplier => "/",
    }
}

/// Where somebody goes after signing in: back to where they wanted, if that is a page for them.
fn destination(audience: Audience, wanted: Option<&str>) -> String {
    let home = home_of(audience);
    let wanted = wanted.and_then(router::safe_return_path);
    let for_them = wanted.filter(|path| {
        let console = crate::routes::is_staffs(&router::Address::parse(path).path);
        console == (audience == Audience::Staff) && !path.starts_with("/sign-in")
    });
    for_them.unwrap_or(home).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r2_one_comes_back_to_where_one_wanted() {
        let to = "/leads/del_00000000000c5/return";
        assert_eq!(destination(Audience::Supplier, Some(to)), to);
        assert_eq!(destination(Audience::Supplier, None), "/");
        assert_eq!(
            destination(Audience::Staff, Some("/console/returns?status=any")),
            "/console/returns?status=any"
        );
    }

    #[test]
    fn nobody_is_sent_to_a_page_of_the_others_or_of_another_site() {
        assert_eq!(destination(Audience::Staff, Some("/leads")), "/console");
        assert_eq!(destination(Audience::Supplier, Some("/console/suppliers")), "/");
        assert_eq!(destination(Audience::Supplier, Some("//evil.example")), "/");
        assert_eq!(destination(Audience::Supplier, Some("/sign-in?to=/sign-in")), "/");
    }

    #[test]
    fn nothing_is_shown_before_it_is_known_who_is_here() {
        let own = Audience::Supplier;
        assert_eq!(stage(own, &Standing::Unknown, Some(Route::SignIn)), Stage::Unknown);
        assert_eq!(stage(own, &Standing::SignedOut, Some(Route::SignIn)), Stage::Public);
        assert_eq!(stage(own, &Standing::Unknown, Some(Route::SignUp)), Stage::Unknown);
        assert_eq!(stage(own, &Standing::SignedOut, Some(Route::SignUp)), Stage::Public);
        assert_eq!(stage(own, &Standing::SignedOut, None), Stage::Unknown);
    }
}
