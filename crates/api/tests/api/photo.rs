//! Enrolment photographs.

use rollcall_store::user::UserRole;
use rollcall_testkit::fixture;
use serde_json::{Value, json};

use crate::cookbook::opaque;
use crate::seed::{self, execute};
use crate::support::{Api, Viewer};
use crate::upload::send_files;

const ADD: &str = "mutation($employeeId: ID!, $files: [Upload!]!) {
    employeePhotoAdd(input: { employeeId: $employeeId, files: $files }) {
        status employee { code enrolment { state nPhotos } }
        files { name outcome photo { id state reason } problem { field code message } }
        problems { field code message }
    } }";

/// The segments of a JPEG of this size; its scan is no picture, but that shows in decoding only. `mark`
/// makes files different.
pub fn jpeg(width: u16, height: u16, mark: &str) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08".to_vec();
    bytes.extend_from_slice(&height.to_be_bytes());
    bytes.extend_from_slice(&width.to_be_bytes());
    bytes.extend_from_slice(b"\x01\x01\x11\x00\xff\xda\x00\x02");
    bytes.extend_from_slice(mark.as_bytes());
    bytes.extend_from_slice(b"\xff\xd9");
    bytes
}

pub async fn employee_id(viewer: &Viewer<'_>, code: &str) -> String {
    let query = "query($code: String!) { employees(search: $code) { nodes { id } } }";
    let data = viewer.data(query, json!({ "code": code })).await;
    data["employees"]["nodes"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

pub async fn add(viewer: &Viewer<'_>, employee_id: &str, files: &[(&str, &[u8])]) -> Value {
    let nulls = vec![Value::Null; files.len()];
    let variables = json!({ "employeeId": employee_id, "files": nulls });
    let operations = json!({ "query": ADD, "variables": variables });
    let files: Vec<(String, &str, &[u8])> = files
        .iter()
        .enumerate()
        .map(|(n, (name, content))| (format!("variables.files.{n}"), *name, *content))
        .collect();
    let response = send_files(viewer, &operations, &files).await;
    let mut answer: Value = response.json().await.unwrap();
    assert_eq!(answer.get("errors"), None, "{answer}");
    answer["data"]["employeePhotoAdd"].take()
}

#[tokio::test]
async fn each_file_is_taken_or_refused_on_its_own() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::HrAdmin).await;
    seed::employee(&api, "1", "Ada", &[api.fixture.site_id]).await;
    let ada = employee_id(&viewer, "1").await;
    let good = jpeg(640, 480, "a");
    let huge = jpeg(10_000, 10_000, "a");
    let cut = &good[..good.len() - 1];
    let large = vec![0xff; (32 << 20) + 1];
    let files: [(&str, &[u8]); 7] = [
        ("good.jpg", &good),
        ("again.jpg", &good),
        ("empty.png", b""),
        ("document.jpg", b"%PDF-1.7 not a picture"),
        ("cut.jpg", cut),
        ("huge.jpg", &huge),
        ("large.jpg", &large),
    ];
    let payload = add(&viewer, &ada, &files).await;
    assert_eq!(payload["status"], "DONE");
    assert_eq!(payload["problems"], json!([]));
    assert_eq!(
        payload["employee"],
        json!({ "code": "1", "enrolment": { "state": "PENDING", "nPhotos": 1 } })
    );
    let check = |n: usize, expected: &str, code: &str, text: &str| {
        let file = &payload["files"][n];
        assert_eq!(file["name"], files[n].0);
        assert_eq!(file["outcome"], expected);
        let problem = &file["problem"];
        if expected == "REFUSED" {
            assert_eq!(problem["code"], code);
            assert_eq!(problem["field"], format!("files.{n}"));
            let message = problem["message"].as_str().unwrap();
            assert!(
                message.contains(text) && message.contains(files[n].0),
                "{message}"
            );
            assert_eq!(file["photo"], Value::Null);
        } else {
            assert_eq!(problem, &Value::Null);
            assert_eq!(file["photo"]["state"], "QUEUED");
        }
    };
    check(0, "QUEUED", "", "");
    check(1, "DUPLICATE", "", "");
    check(2, "REFUSED", "BLANK", "image is empty");
    check(3, "REFUSED", "MALFORMED", "format is not supported");
    check(4, "REFUSED", "MALFORMED", "truncated");
    check(5, "REFUSED", "TOO_LARGE", "10000x10000 pixels");
    check(6, "REFUSED", "TOO_LARGE", "larger than 32 MiB");

    // Sent again: nothing is done twice.
    let payload = add(&viewer, &ada, &files[..1]).await;
    assert_eq!(payload["files"][0]["outcome"], "DUPLICATE");
    assert_eq!(payload["employee"]["enrolment"]["nPhotos"], 1);
    // Refused once, it may be tried again.
    let n_refused = execute!(
        api,
        api.fixture.organization_id,
        "update biometric.enrolment_job set state = 'refused', reason = 'no face', finished_at = now()",
        &[],
    )
    .await;
    assert_eq!(n_refused, 1);
    let payload = add(&viewer, &ada, &files[..1]).await;
    assert_eq!(payload["files"][0]["outcome"], "QUEUED");
    let payload = add(&viewer, &ada, &files[2..4]).await;
    assert_eq!(payload["status"], "REFUSED");
    assert_eq!(payload["employee"], Value::Null);
    assert_eq!(payload["files"].as_array().unwrap().len(), 2);
    let payload = add(&viewer, &ada, &[]).await;
    assert_eq!(payload["problems"][0]["code"], "BLANK");
}

#[tokio::test]
async fn photographs_are_added_to_visible_employees_only() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::Owner).await;
    let other = fixture::organization(&api.database).await;
    fixture::employee(&api.database.admin, &other, "9").await;
    let theirs = api.other_owner(&other).await;
    let foreign = employee_id(&theirs, "9").await;
    let site = viewer.site_ids().await.0;
    let picture = jpeg(64, 64, "a");
    for id in [foreign.as_str(), "nonsense", &site] {
        let payload = add(&viewer, id, &[("a.jpg", &picture)]).await;
        assert_eq!(payload["status"], "REFUSED");
        assert_eq!(payload["problems"][0]["code"], "NOT_FOUND");
        assert_eq!(payload["problems"][0]["field"], "employeeId");
        assert_eq!(payload["files"], json!([]));
    }
    assert_eq!(
        add(&theirs, &foreign, &[("a.jpg", &picture)]).await["status"],
        "DONE"
    );
}

#[tokio::test]
async fn files_come_by_multipart_only() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::Owner).await;
    seed::employee(&api, "1", "Ada", &[api.fixture.site_id]).await;
    let ada = employee_id(&viewer, "1").await;
    for file in [
        json!("upload:0"),
        json!("upload:x"),
        json!("a.jpg"),
        Value::Null,
        json!(0),
    ] {
        let variables = json!({ "employeeId": ada, "files": [file] });
        let (code, message) = viewer.error(ADD, variables).await;
        assert_eq!(code, "RC400", "{file}: {message}");
    }
    let viewer = api.viewer(UserRole::SiteManager).await;
    let variables = json!({ "employeeId": ada, "files": ["$picture"] });
    let (code, _) = viewer.error(ADD, variables).await;
    assert_eq!(code, "RC403");
}

#[tokio::test]
async fn photographs_are_shown_to_those_who_may_and_deleted_with_their_templates() {
    let api = Api::start().await;
    let viewer = api.viewer(UserRole::HrAdmin).await;
    let ada = seed::employee(&api, "1", "Ada", &[api.fixture.site_id]).await;
    let id = opaque("employee", ada);
    let picture = jpeg(64, 64, "a");
    let payload = add(&viewer, &id, &[("a.png", &picture)]).await;
    let photo = payload["files"][0]["photo"]["id"].as_str().unwrap();
    // As the worker would.
    execute!(
        api,
        api.fixture.organization_id,
        "with t as (
           insert into biometric.template (organization_id, employee_id, space_id, photo_id, embedding, quality)
           select p.organization_id, p.employee_id, $1, p.photo_id, array_fill(0.0441941738, array[512])::real[]::halfvec(512), 0.9
           from biometric.photo p returning organization_id, template_id, space_id
         )
         insert into biometric.template_code (organization_id, template_id, space_id, code)
         select organization_id, template_id, space_id, repeat('1', 1024)::bit(1024) from t",
        &[&api.fixture.space_id.0],
    )
    .await;
    let query = "{ employees { nodes { photos { id state reason url finishedAt } } } }";
    let data = viewer.data(query, json!({})).await;
    let url = format!("/photos/{photo}");
    let expected =
        json!([{ "id": photo, "state": "QUEUED", "reason": null, "url": url, "finishedAt": null }]);
    assert_eq!(data["employees"]["nodes"][0]["photos"], expected);

    let response = viewer.picture(&url).await;
    assert_eq!(response.status(), 200);
    // By content, not by the name that it had.
    assert_eq!(response.headers()["content-type"], "image/jpeg");
    assert_eq!(response.headers()["cache-control"], "private, no-store");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert_eq!(response.bytes().await.unwrap(), picture);
    assert_eq!(api.get(&url).await.status(), 401);
    assert_eq!(viewer.picture("/photos/x").await.status(), 404);
    let other = fixture::organization(&api.database).await;
    let theirs = api.other_owner(&other).await;
    assert_eq!(theirs.picture(&url).await.status(), 404);
    let auditor = api.viewer(UserRole::Auditor).await;
    assert_eq!(auditor.picture(&url).await.status(), 403);
    let (code, _) = auditor.error(query, json!({})).await;
    assert_eq!(code, "RC403");
    let count = async |sql: &str| {
        let client = api.database.admin.client().await.unwrap();
        client.query_one(sql, &[]).await.unwrap().get::<_, i64>(0)
    };
    let events = "select count(*) from audit.event where action = 'photo.read'";
    assert_eq!(count(events).await, 1);

    let delete = "mutation($id: ID!) { employeePhotoDelete(input: { photoId: $id }) {
        status employee { enrolment { nPhotos nTemplates } } problems { code } } }";
    let mut data = theirs.data(delete, json!({ "id": photo })).await;
    assert_eq!(
        data["employeePhotoDelete"]["problems"],
        json!([{ "code": "NOT_FOUND" }])
    );
    data = viewer.data(delete, json!({ "id": photo })).await;
    let expected = json!({ "status": "DONE", "employee": { "enrolment": { "nPhotos": 0, "nTemplates": 0 } }, "problems": [] });
    assert_eq!(data["employeePhotoDelete"], expected);
    for table in ["photo", "enrolment_job", "template", "template_code"] {
        assert_eq!(
            count(&format!("select count(*) from biometric.{table}")).await,
            0,
            "{table}"
        );
    }
    data = viewer.data(delete, json!({ "id": photo })).await;
    assert_eq!(
        data["employeePhotoDelete"]["problems"],
        json!([{ "code": "NOT_FOUND" }])
    );
    assert_eq!(viewer.picture(&url).await.status(), 404);
}
