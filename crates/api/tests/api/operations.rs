//! The cookbook: every example in `graphql/operations` works as it is, and every root field has one.

use std::collections::BTreeSet;

use rollcall_api::access::RIGHTS;
use rollcall_store::user::UserRole;
use serde_json::Value;

use crate::cookbook::{Place, operations, world};
use crate::support::Api;

#[tokio::test]
async fn every_example_is_answered() {
    let api = Api::start().await;
    let organization_id = api.fixture.organization_id;
    let email = "owner@example.org";
    let user_id = api.user(organization_id, email, UserRole::Owner).await;
    let viewer = api.logged_in(email).await;
    let place = Place {
        organization_id,
        site_id: api.fixture.site_id,
        user_id: Some(user_id),
        employee_id: None,
    };
    let schema = rollcall_api::graphql::schema();
    for operation in operations() {
        let name = &operation.name;
        let world = world(&api, place).await;
        let variables = operation.variables(&world);
        if operation.kind == "Subscription" {
            // Needs a websocket to run (see `live`); without a viewer it is checked and then refused.
            let request = async_graphql::Request::new(&operation.text)
                .variables(async_graphql::Variables::from_json(variables));
            let mut answers = schema.execute_stream(request);
            let answer = futures_util::StreamExt::next(&mut answers).await.unwrap();
            assert!(
                answer.errors[0].message.starts_with("log in first"),
                "{name}"
            );
            continue;
        }
        let answer = viewer.answer(&operation.text, variables).await;
        assert_eq!(answer.get("errors"), None, "{name}: {answer}");
        for (field, value) in answer["data"].as_object().unwrap() {
            assert!(!value.is_null(), "{name}: `{field}` is null");
            if operation.kind == "Mutation" {
                assert_eq!(value["problems"], Value::Array(Vec::new()), "{name}");
            }
        }
    }
}

#[test]
fn every_root_field_has_an_example() {
    let shown: BTreeSet<String> = operations()
        .iter()
        .flat_map(|operation| {
            let fields = operation.root_fields.iter();
            fields.map(|field| format!("{}.{field}", operation.kind))
        })
        .collect();
    let missing: Vec<&str> = RIGHTS
        .iter()
        .map(|right| right.field)
        .filter(|field| {
            let kind = field.split('.').next().unwrap_or_default();
            ["Query", "Mutation", "Subscription"].contains(&kind) && !shown.contains(*field)
        })
        .collect();
    assert!(
        missing.is_empty(),
        "no file in graphql/operations shows {missing:?}"
    );
}
