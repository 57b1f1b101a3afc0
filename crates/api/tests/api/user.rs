//! Users as owners look after them, and what must never happen.

use rollcall_store::user::UserRole;
use rollcall_testkit::fixture;
use serde_json::{Value, json};

use crate::seed;
use crate::support::{Api, PASSWORD, Viewer, cookie};

const CREATE: &str = "mutation($input: UserCreateInput!) { userCreate(input: $input)
    { status oneTimePassword user { id email role allSites mustChangePassword sites { name } employee { code } } problems { field code message } } }";
const UPDATE: &str = "mutation($input: UserUpdateInput!) { userUpdate(input: $input)
    { status user { displayName role allSites sites { name } employee { code } } problems { field code message } } }";
const DEACTIVATE: &str =
    "mutation($id: ID!) { userDeactivate(userId: $id) { status problems { field code message } } }";
const REACTIVATE: &str = "mutation($id: ID!) { userReactivate(userId: $id) { status user { deactivatedAt } problems { field code } } }";
const USERS: &str = "query($filter: UserFilter) { users(filter: $filter) { totalCount nodes { id email deactivatedAt } } }";
const CHANGE: &str = "mutation($old: String!, $new: String!) { passwordChange(currentPassword: $old, newPassword: $new)
    { status nSessionsEnded problems { field code message } } }";
const ME: &str = "{ me { id email mustChangePassword } }";

async fn create(viewer: &Viewer<'_>, input: Value) -> Value {
    let mut data = viewer.data(CREATE, json!({ "input": input })).await;
    data["userCreate"].take()
}

async fn update(viewer: &Viewer<'_>, input: Value) -> Value {
    let mut data = viewer.data(UPDATE, json!({ "input": input })).await;
    data["userUpdate"].take()
}

async fn my_id(viewer: &Viewer<'_>) -> String {
    let data = viewer.data(ME, json!({})).await;
    data["me"]["id"].as_str().unwrap().to_owned()
}

fn viewer_input(email: &str) -> Value {
    json!({ "email": email, "displayName": "Vera Viewer", "role": "VIEWER", "allSites": true })
}

#[tokio::test]
async fn a_new_user_sets_an_own_password_first() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let made = create(&owner, viewer_input(" Vera@Example.ORG ")).await;
    assert_eq!(made["status"], "DONE", "{made}");
    assert_eq!(made["user"]["email"], "vera@example.org");
    assert_eq!(made["user"]["mustChangePassword"], true);
    let password = made["oneTimePassword"].as_str().unwrap();

    let response = api.log_in("vera@example.org", password).await;
    assert_eq!(response.status(), 204);
    let vera = Viewer {
        api: &api,
        cookie: cookie(&response),
    };
    assert_eq!(
        vera.data(ME, json!({})).await["me"]["mustChangePassword"],
        true
    );
    let sites = "{ sites { nodes { name } } }";
    for refused in [
        sites,
        "{ me { id } sites { nodes { name } } }",
        "{ ...F } fragment F on Query { sites { nodes { name } } }",
    ] {
        let (code, message) = vera.error(refused, json!({})).await;
        assert_eq!(code, "RC411");
        assert_eq!(
            message,
            "set a password of your own first (`passwordChange`)"
        );
    }
    let change = async |old: &str, new: &str| {
        let mut data = vera.data(CHANGE, json!({ "old": old, "new": new })).await;
        data["passwordChange"].take()
    };
    for (old, new, field, code) in [
        (password, "", "newPassword", "BLANK"),
        (password, "short", "newPassword", "REFUSED"),
        (password, &"x".repeat(1025), "newPassword", "TOO_LONG"),
        (password, password, "newPassword", "UNCHANGED"),
        (
            "wrong",
            "a long enough password",
            "currentPassword",
            "REFUSED",
        ),
    ] {
        let answer = change(old, new).await;
        let problem = &answer["problems"][0];
        assert_eq!(
            (&problem["field"], &problem["code"]),
            (&json!(field), &json!(code)),
            "{answer}"
        );
    }
    let done = change(password, "a long enough password").await;
    assert_eq!(done["status"], "DONE", "{done}");
    vera.data(sites, json!({})).await;
    assert_eq!(api.log_in("vera@example.org", password).await.status(), 401);
    assert_eq!(
        api.log_in("vera@example.org", "a long enough password")
            .await
            .status(),
        204
    );
}

#[tokio::test]
async fn guessing_the_present_password_in_a_session_must_wait() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let change = json!({ "old": "wrong", "new": "a long enough password" });
    for _ in 0..20 {
        let data = owner.data(CHANGE, change.clone()).await;
        assert_eq!(
            data["passwordChange"]["problems"][0]["message"],
            "this is not the present password"
        );
    }
    let right = json!({ "old": PASSWORD, "new": "a long enough password" });
    let data = owner.data(CHANGE, right).await;
    let message = data["passwordChange"]["problems"][0]["message"]
        .as_str()
        .unwrap();
    assert!(message.starts_with("too many wrong passwords"), "{message}");
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions_only() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let other = Viewer {
        api: &api,
        cookie: cookie(&api.log_in("owner@example.org", PASSWORD).await),
    };
    let change = json!({ "old": PASSWORD, "new": "a long enough password" });
    let data = owner.data(CHANGE, change).await;
    assert_eq!(data["passwordChange"]["nSessionsEnded"], 1);
    owner.data(ME, json!({})).await;
    assert_eq!(other.error(ME, json!({})).await.0, "RC401");
}

#[tokio::test]
async fn users_are_bound_to_sites_and_employees() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let (berlin, york) = owner.site_ids().await;
    seed::employee(&api, "7", "Ada", &[api.fixture.site_id]).await;
    let data = owner
        .data("{ employees { nodes { id } } }", json!({}))
        .await;
    let ada = data["employees"]["nodes"][0]["id"].clone();

    let bound = json!({ "email": "m@example.org", "displayName": "Mo", "role": "SITE_MANAGER", "allSites": false, "siteIds": [berlin, berlin] });
    let made = create(&owner, bound).await;
    assert_eq!(
        made["user"]["sites"],
        json!([{ "name": "Berlin" }]),
        "{made}"
    );
    let id = made["user"]["id"].clone();
    let moved = update(
        &owner,
        json!({ "userId": id, "siteIds": [york], "displayName": " Mona " }),
    )
    .await;
    assert_eq!(
        moved["user"]["sites"],
        json!([{ "name": "New York" }]),
        "{moved}"
    );
    assert_eq!(moved["user"]["displayName"], "Mona");
    let freed = update(&owner, json!({ "userId": id, "allSites": true })).await;
    assert_eq!(
        (&freed["user"]["allSites"], &freed["user"]["sites"]),
        (&json!(true), &json!([]))
    );

    let own = json!({ "email": "ada@example.org", "displayName": "Ada", "role": "EMPLOYEE", "allSites": false, "employeeId": ada });
    let made = create(&owner, own).await;
    assert_eq!(made["user"]["employee"]["code"], "7", "{made}");
    let twice = update(&owner, json!({ "userId": id, "employeeId": ada })).await;
    assert_eq!(
        twice["problems"][0]["message"],
        "the employee is already user `ada@example.org`"
    );
    let alone = update(
        &owner,
        json!({ "userId": made["user"]["id"], "employeeId": null }),
    )
    .await;
    assert_eq!(alone["problems"][0]["code"], "REFUSED");
}

#[tokio::test]
async fn bad_users_are_refused_with_a_problem() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let (berlin, _) = owner.site_ids().await;
    let check = async |change: Value, field: Value, code: &str| {
        let mut input = viewer_input("new@example.org");
        for (name, value) in change.as_object().unwrap() {
            input[name] = value.clone();
        }
        let made = create(&owner, input.clone()).await;
        assert_eq!(
            (&made["status"], &made["oneTimePassword"]),
            (&json!("REFUSED"), &Value::Null)
        );
        let problem = &made["problems"][0];
        assert_eq!(
            (&problem["field"], &problem["code"]),
            (&field, &json!(code)),
            "{input}"
        );
    };
    check(json!({ "email": " " }), json!("email"), "BLANK").await;
    check(
        json!({ "email": "x".repeat(255) }),
        json!("email"),
        "TOO_LONG",
    )
    .await;
    check(json!({ "email": "nobody" }), json!("email"), "MALFORMED").await;
    check(json!({ "email": "a b@c" }), json!("email"), "MALFORMED").await;
    check(
        json!({ "email": "OWNER@example.org" }),
        json!("email"),
        "TAKEN",
    )
    .await;
    check(
        json!({ "displayName": "\u{0}" }),
        json!("displayName"),
        "BLANK",
    )
    .await;
    check(
        json!({ "displayName": "x".repeat(201) }),
        json!("displayName"),
        "TOO_LONG",
    )
    .await;
    check(
        json!({ "allSites": false, "siteIds": ["nonsense"] }),
        json!("siteIds"),
        "UNKNOWN_SITE",
    )
    .await;
    check(json!({ "siteIds": [berlin] }), Value::Null, "REFUSED").await;
    check(json!({ "role": "EMPLOYEE" }), Value::Null, "REFUSED").await;
    check(
        json!({ "employeeId": berlin }),
        json!("employeeId"),
        "NOT_FOUND",
    )
    .await;
}

#[tokio::test]
async fn the_last_owner_stays_and_nobody_changes_their_own_rights() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let me = my_id(&owner).await;
    for input in [
        json!({ "userId": me, "role": "VIEWER" }),
        json!({ "userId": me, "allSites": false }),
    ] {
        let answer = update(&owner, input).await;
        assert_eq!(
            answer["problems"][0]["message"],
            "nobody changes their own role or sites"
        );
    }
    let answer = owner.data(DEACTIVATE, json!({ "id": me })).await;
    assert_eq!(
        answer["userDeactivate"]["problems"][0]["message"],
        "nobody deactivates themselves"
    );

    // A second owner who is bound to a site is none that could take over.
    let mut input = viewer_input("second@example.org");
    input["role"] = json!("OWNER");
    let second = create(&owner, input).await["user"]["id"].clone();
    let other = {
        let changed = "update app.user_account set password_is_one_time = false, password_hash = $1 where email = 'second@example.org'";
        let hash = rollcall_api::hash_password(PASSWORD);
        seed::execute!(&api, api.fixture.organization_id, changed, &[&hash]).await;
        Viewer {
            api: &api,
            cookie: cookie(&api.log_in("second@example.org", PASSWORD).await),
        }
    };
    let bind = "update app.user_account set all_sites = false where email = 'owner@example.org'";
    seed::execute!(&api, api.fixture.organization_id, bind, &[]).await;
    let (code, _) = owner.error(DEACTIVATE, json!({ "id": second })).await;
    assert_eq!(
        code, "RC403",
        "an owner who is bound to sites looks after nobody"
    );
    let unbind = "update app.user_account set all_sites = true where email = 'owner@example.org'";
    seed::execute!(&api, api.fixture.organization_id, unbind, &[]).await;
    // Each lowers the other at the same moment: one of them is left.
    let lower = |id: &Value| json!({ "input": { "userId": id, "role": "VIEWER" } });
    let (mine, theirs) = tokio::join!(
        owner.answer(UPDATE, lower(&second)),
        other.answer(UPDATE, lower(&json!(me))),
    );
    let n_done = [&mine, &theirs]
        .into_iter()
        .filter(|answer| answer["data"]["userUpdate"]["status"] == "DONE")
        .count();
    assert_eq!(n_done, 1, "{mine} {theirs}");
}

#[tokio::test]
async fn a_deactivated_user_is_out_at_once_and_can_come_back() {
    let api = Api::start().await;
    let owner = api.owner().await;
    let vera = api.viewer(UserRole::Viewer).await;
    let id = my_id(&vera).await;
    let done = owner.data(DEACTIVATE, json!({ "id": id })).await;
    assert_eq!(done["userDeactivate"]["status"], "DONE");
    assert_eq!(vera.error(ME, json!({})).await.0, "RC401");
    assert_eq!(
        api.log_in("viewer@example.org", PASSWORD).await.status(),
        401
    );
    let active = owner
        .data(USERS, json!({ "filter": { "isActive": true } }))
        .await;
    assert_eq!(active["users"]["totalCount"], 1);
    let found = owner
        .data(
            USERS,
            json!({ "filter": { "text": "VIEWER@", "role": "VIEWER" } }),
        )
        .await;
    assert_ne!(found["users"]["nodes"][0]["deactivatedAt"], Value::Null);
    let back = owner.data(REACTIVATE, json!({ "id": id })).await;
    assert_eq!(back["userReactivate"]["user"]["deactivatedAt"], Value::Null);
    assert_eq!(
        api.log_in("viewer@example.org", PASSWORD).await.status(),
        204
    );
}

#[tokio::test]
async fn users_of_another_organisation_do_not_exist() {
    let api = Api::start().await;
    let other = fixture::organization(&api.database).await;
    let stranger = api.other_owner(&other).await;
    let owner = api.owner().await;
    let id = my_id(&stranger).await;
    let site = owner.site_ids().await.0;
    for id in [id.as_str(), "nonsense", site.as_str()] {
        let user = owner
            .data(
                "query($id: ID!) { user(id: $id) { email } }",
                json!({ "id": id }),
            )
            .await;
        assert_eq!(user["user"], Value::Null);
        for (mutation, field) in [
            (DEACTIVATE, "userDeactivate"),
            (REACTIVATE, "userReactivate"),
        ] {
            let answer = owner.data(mutation, json!({ "id": id })).await;
            assert_eq!(answer[field]["problems"][0]["code"], "NOT_FOUND");
        }
        let answer = update(&owner, json!({ "userId": id, "displayName": "X" })).await;
        assert_eq!(answer["problems"][0]["code"], "NOT_FOUND");
    }
    stranger.data(ME, json!({})).await;
}
