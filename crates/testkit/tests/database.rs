//! The test database itself works.

use rollcall_testkit::{TestDatabase, fixture};

#[tokio::test]
async fn databases_of_two_tests_are_apart() {
    let (first, second) = (TestDatabase::create().await, TestDatabase::create().await);
    fixture::organization(&first).await;
    for (database, expected) in [(&first, 1_i64), (&second, 0)] {
        let transaction = database.admin.begin_unscoped().await.unwrap();
        let row = transaction
            .query_one("count", "select count(*) from app.organization", &[])
            .await
            .unwrap();
        assert_eq!(row.get::<_, i64>(0), expected);
    }
}

#[tokio::test]
async fn an_employee_with_a_template_can_be_made() {
    let database = TestDatabase::create().await;
    let fixture = fixture::organization(&database).await;
    let employee_id = fixture::employee(&database.admin, &fixture, "1").await;
    let embedding = fixture::unit_vector(1);
    fixture::template(&database.admin, &fixture, employee_id, &embedding).await;
    let transaction = database.admin.begin_unscoped().await.unwrap();
    let row = transaction
        .query_one(
            "count",
            "select count(*) from biometric.template join biometric.template_code using (organization_id, template_id)",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(row.get::<_, i64>(0), 1);
}
