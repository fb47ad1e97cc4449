//! What people do with the app, in a real browser.

mod access;
mod accessibility;
mod billing;
mod calls;
mod changes;
mod dashboard;
mod desk;
mod erasure;
mod imports;
mod invitations;
mod keyboard;
mod leaving;
mod loyalty;
mod markup;
mod packages;
mod paying;
mod payments;
mod plan;
mod policies;
mod returns;
mod session;
mod setup;
mod shop;
mod support;
mod wallet;
mod webhooks;
