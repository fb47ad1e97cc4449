//! Handlers of presets, policy versions and drafts.

use super::{drafts, presets, store};
use crate::app::App;
use crate::auth::Caller;
use crate::command::{Command, NoBody, Reply};
use crate::error::{ApiError, ApiResult, Problems};
use crate::lists::{Id, Many, Query, Window};
use actix_web::web::Data;
use actix_web::{get, patch, post};
use tradepost_contract::programmes::{
    CreatePolicyDraft, PolicyComparison, PolicyPreset, PolicyPresets, PolicyVersion, PolicyVersionStatus,
    PolicyVersionSummary, Preset, ProgrammePolicy, UpdatePolicyDraft,
};
use tradepost_contract::{Page, PolicyVersionId, ProgrammeId};

/// Lists the presets with their whole policies
#[utoipa::path(tag = "policy", responses((status = 200, body = PolicyPresets), Problems))]
#[get("/policy-presets")]
pub(super) async fn list_policy_presets(_caller: Caller) -> ApiResult<Reply> {
    let data = Preset::ALL.iter().map(|preset| {
        let policy = serde_json::from_value(presets::document(*preset).clone())?;
        Ok(PolicyPreset {
            preset: *preset,
            policy,
        })
    });
    let data = data.collect::<ApiResult<Vec<_>>>()?;
    Reply::ok(&PolicyPresets { data })
}

/// Reads the policy a programme has in force
///
/// Products, accounts and agreements may amend it; `GET /suppliers/{id}/policy` shows what applies to
/// one supplier.
#[utoipa::path(tag = "policy", params(("id" = ProgrammeId, Path)), responses((status = 200, body = ProgrammePolicy), Problems))]
#[get("/programmes/{id}/policy")]
pub(super) async fn get_programme_policy(caller: Caller, id: Id<ProgrammeId>, app: Data<App>) -> ApiResult<Reply> {
    let scope = caller.scope();
    let policy = app.db.read(move |conn| {
        crate::programmes::expect(conn, &scope, id.0)?;
        let (in_force, _) = store::version_in_force(conn, id.0)?;
        let (version, _) = store::versions::get(conn, &scope, in_force)?;
        Ok(ProgrammePolicy {
            programme_id: id.0,
            policy_version_id: in_force,
            number: version.summary.number.unwrap_or_default(),
            policy: version.policy,
        })
    });
    Reply::ok(&policy.await?)
}

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListPolicyVersions {
    /// 1 to 100; 50 unless said otherwise.
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Lists the published versions of a programme's policy, newest first
#[utoipa::path(
    tag = "policy",
    params(("id" = ProgrammeId, Path), ListPolicyVersions),
    responses((status = 200, body = Page<PolicyVersionSummary>), Problems)
)]
#[get("/programmes/{id}/policy-versions")]
pub(super) async fn list_policy_versions(
    caller: Caller,
    id: Id<ProgrammeId>,
    query: Query<ListPolicyVersions>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let scope = caller.scope();
    let window = Window::new(query.0.limit, query.0.cursor.as_deref())?;
    let page = app.db.read(move |conn| {
        crate::programmes::expect(conn, &scope, id.0)?;
        store::versions::list(conn, &scope, Some(id.0), vec![PolicyVersionStatus::Published], &window)
    });
    Reply::ok(&page.await?)
}

/// Reads a published version with its whole policy
///
/// What a delivery was sold by stays readable here for good (R29).
#[utoipa::path(tag = "policy", params(("id" = PolicyVersionId, Path)), responses((status = 200, body = PolicyVersion), Problems))]
#[get("/policy-versions/{id}")]
pub(super) async fn get_policy_version(caller: Caller, id: Id<PolicyVersionId>, app: Data<App>) -> ApiResult<Reply> {
    let scope = caller.scope();
    let (version, _) = app
        .db
        .read(move |conn| store::versions::get(conn, &scope, id.0))
        .await?;
    if version.summary.status != PolicyVersionStatus::Published {
        return Err(ApiError::not_found());
    }
    Reply::ok(&version)
}

/// Makes a draft from the version in force
///
/// `policy` is a JSON merge patch; the result must be a whole policy without faults, and each fault is
/// pointed at.
#[utoipa::path(
    tag = "policy",
    params(("id" = ProgrammeId, Path)),
    request_body = CreatePolicyDraft,
    responses((status = 201, body = PolicyVersion), Problems)
)]
#[post("/programmes/{id}/policy-drafts")]
pub(super) async fn create_policy_draft(
    caller: Caller,
    id: Id<ProgrammeId>,
    command: Command<CreatePolicyDraft>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let run = command.run(&app, caller, move |tx, caller, body| {
        let draft = drafts::create(tx, caller, id.0, body)?;
        let location = format!("/api/v1/policy-drafts/{}", draft.summary.id);
        Ok(Reply::created(location, &draft)?.etag(draft.summary.version))
    });
    run.await
}

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListPolicyDrafts {
    /// 1 to 100; 50 unless said otherwise.
    limit: Option<u32>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only in these states, with commas between them; `draft` unless said otherwise.
    #[param(value_type = Option<String>)]
    status: Option<Many<PolicyVersionStatus>>,
}

/// Lists drafts, newest first
#[utoipa::path(tag = "policy", params(ListPolicyDrafts), responses((status = 200, body = Page<PolicyVersionSummary>), Problems))]
#[get("/policy-drafts")]
pub(super) async fn list_policy_drafts(
    caller: Caller,
    query: Query<ListPolicyDrafts>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let Query(query) = query;
    let scope = caller.scope();
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let statuses = query
        .status
        .map_or_else(|| vec![PolicyVersionStatus::Draft], |many| many.0);
    let page = app
        .db
        .read(move |conn| store::versions::list(conn, &scope, query.programme_id, statuses, &window));
    Reply::ok(&page.await?)
}

/// Reads a draft with its whole policy
#[utoipa::path(tag = "policy", params(("id" = PolicyVersionId, Path)), responses((status = 200, body = PolicyVersion), Problems))]
#[get("/policy-drafts/{id}")]
pub(super) async fn get_policy_draft(caller: Caller, id: Id<PolicyVersionId>, app: Data<App>) -> ApiResult<Reply> {
    let scope = caller.scope();
    let (draft, _) = app
        .db
        .read(move |conn| store::versions::get(conn, &scope, id.0))
        .await?;
    Ok(Reply::ok(&draft)?.etag(draft.summary.version))
}

/// Amends a draft by a merge patch
#[utoipa::path(
    tag = "policy",
    params(("id" = PolicyVersionId, Path)),
    request_body = UpdatePolicyDraft,
    responses((status = 200, body = PolicyVersion), Problems)
)]
#[patch("/policy-drafts/{id}")]
pub(super) async fn update_policy_draft(
    caller: Caller,
    id: Id<PolicyVersionId>,
    command: Command<UpdatePolicyDraft>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let if_match = command.if_match;
    let run = command.run(&app, caller, move |tx, caller, body| {
        let draft = drafts::update(tx, caller, id.0, if_match, body)?;
        Ok(Reply::ok(&draft)?.etag(draft.summary.version))
    });
    run.await
}

/// Compares a draft with the version in force
///
/// Lists every setting that differs, and the orders whose own terms do not fit: while there are any,
/// the draft cannot be published.
#[utoipa::path(tag = "policy", params(("id" = PolicyVersionId, Path)), responses((status = 200, body = PolicyComparison), Problems))]
#[get("/policy-drafts/{id}/comparison")]
pub(super) async fn compare_policy_draft(caller: Caller, id: Id<PolicyVersionId>, app: Data<App>) -> ApiResult<Reply> {
    let (scope, now) = (caller.scope(), app.clock.business_now());
    let comparison = app
        .db
        .read(move |conn| drafts::compare(conn, &scope, id.0, now))
        .await?;
    Reply::ok(&comparison)
}

/// Puts a draft in force
///
/// Orders sell by it from then on. Deliveries of before keep the policy they were sold by, so that no
/// open window moves.
#[utoipa::path(tag = "policy", params(("id" = PolicyVersionId, Path)), responses((status = 200, body = PolicyVersion), Problems))]
#[post("/policy-drafts/{id}/publish")]
pub(super) async fn publish_policy_draft(
    caller: Caller,
    id: Id<PolicyVersionId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let if_match = command.if_match;
    let run = command.run(&app, caller, move |tx, caller, _| {
        let version = drafts::publish(tx, caller, id.0, if_match)?;
        Ok(Reply::ok(&version)?.etag(version.summary.version))
    });
    run.await
}

/// Gives a draft up
#[utoipa::path(tag = "policy", params(("id" = PolicyVersionId, Path)), responses((status = 200, body = PolicyVersion), Problems))]
#[post("/policy-drafts/{id}/discard")]
pub(super) async fn discard_policy_draft(
    caller: Caller,
    id: Id<PolicyVersionId>,
    command: Command<NoBody>,
    app: Data<App>,
) -> ApiResult<Reply> {
    let if_match = command.if_match;
    let run = command.run(&app, caller, move |tx, caller, _| {
        let draft = drafts::discard(tx, caller, id.0, if_match)?;
        Ok(Reply::ok(&draft)?.etag(draft.summary.version))
    });
    run.await
}
