//! The committed schema is the one that the code makes, and every part of it is described.

use std::path::Path;

#[test]
fn committed_schema_is_the_present_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../graphql/schema.graphql");
    let present = rollcall_api::schema_sdl();
    if std::env::var_os("ROLLCALL_UPDATE").is_some() {
        std::fs::write(&path, &present).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == present,
        "graphql/schema.graphql is not what the code makes\n\
         hint: run ROLLCALL_UPDATE=1 cargo test -p rollcall-api --test api"
    );
}

#[tokio::test]
async fn every_type_field_and_argument_is_described() {
    let query = "{ __schema { types {
        name description
        fields { name description args { name description } }
        inputFields { name description }
        enumValues { name description }
    } } }";
    let response = rollcall_api::graphql::schema().execute(query).await;
    assert_eq!(response.errors, []);
    let schema = response.data.into_json().unwrap();
    let mut missing = Vec::new();
    let mut n_checked = 0;
    for kind in schema["__schema"]["types"].as_array().unwrap() {
        let name = kind["name"].as_str().unwrap();
        // Introspection and the built-in scalar without description are the specification's.
        if name.starts_with("__") || name == "ID" {
            continue;
        }
        let mut check = |path: String, thing: &serde_json::Value| {
            n_checked += 1;
            if thing["description"].as_str().is_none_or(str::is_empty) {
                missing.push(path);
            }
        };
        check(name.to_owned(), kind);
        for list in ["fields", "inputFields", "enumValues"] {
            for part in kind[list].as_array().into_iter().flatten() {
                let path = format!("{name}.{}", part["name"].as_str().unwrap());
                check(path.clone(), part);
                for argument in part["args"].as_array().into_iter().flatten() {
                    check(format!("{path}({})", argument["name"]), argument);
                }
            }
        }
    }
    assert!(n_checked > 100, "only {n_checked} parts were found");
    assert!(missing.is_empty(), "without description: {missing:?}");
}
