//! Corrections: what they change, what is refused, and that two approvals have one effect.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod attendance;

use attendance::Office;
use jiff::civil::{date, datetime};
use jiff::tz::offset;
use jiff::{Timestamp, ToSpan};
use rollcall_domain::id::{CorrectionId, PunchId, SiteId};
use rollcall_domain::{Direction, PunchSource};
use rollcall_store::correction::{
    CorrectionChange, CorrectionFilter, CorrectionState, NewCorrection, correction_approve,
    correction_find, correction_list, correction_reject, correction_request, correction_withdraw,
    day_events, organization_four_eyes, organization_set_four_eyes, site_instant,
};
use rollcall_store::{Scope, StoreError};
use uuid::Uuid;

const NINE: &str = "2026-03-02T08:00:00Z";

fn add(office: &Office, at: &str) -> CorrectionChange {
    CorrectionChange::AddPunch {
        site_id: office.fixture.site_id,
        occurred_at: at.parse().unwrap(),
        direction: Some(Direction::In),
    }
}

/// Requests for Ada as the API's role, in a transaction of its own.
async fn request(
    office: &Office,
    scope: &Scope,
    change: CorrectionChange,
) -> Result<CorrectionId, StoreError> {
    let new = NewCorrection {
        employee_id: office.ada,
        change,
        reason: "camera was covered",
        attachment: None,
    };
    request_new(office, scope, &new).await
}

async fn request_new(
    office: &Office,
    scope: &Scope,
    new: &NewCorrection<'_>,
) -> Result<CorrectionId, StoreError> {
    let transaction = office.db.api.begin(scope).await.unwrap();
    let correction_id = correction_request(&transaction, scope, new).await?;
    transaction.commit().await?;
    Ok(correction_id)
}

async fn approve(
    office: &Office,
    scope: &Scope,
    correction_id: CorrectionId,
) -> Result<Option<PunchId>, StoreError> {
    let transaction = office.db.api.begin(scope).await.unwrap();
    let added = correction_approve(&transaction, scope, correction_id, Some("fine")).await?;
    transaction.commit().await?;
    Ok(added)
}

fn refused<T: std::fmt::Debug>(result: Result<T, StoreError>, words: &str) {
    let error = result.expect_err(words);
    assert!(error.to_string().contains(words), "{error}");
}

#[tokio::test]
async fn an_approved_request_adds_a_punch_and_marks_its_day() {
    let office = Office::new().await;
    let correction_id = request(&office, &office.manager, add(&office, NINE))
        .await
        .unwrap();
    assert_eq!(office.count("attendance.punch").await, 0);
    assert_eq!(office.marks().await, [] as [&str; 0]);
    let punch_id = approve(&office, &office.boss, correction_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        office
            .texts(
                "select concat_ws('|', punch_id, occurred_at at time zone 'UTC', source, direction, created_by)
                 from attendance.punch"
            )
            .await,
        [format!(
            "{punch_id}|2026-03-02 08:00:00|correction|in|{}",
            office.boss.user_id.unwrap()
        )]
    );
    assert_eq!(office.marks().await, [format!("2026-03-02 {punch_id}")]);
    let transaction = office.db.api.begin(&office.boss).await.unwrap();
    let found = correction_find(&transaction, correction_id).await.unwrap();
    assert_eq!(found.state, CorrectionState::Approved);
    assert_eq!(found.new_punch_id, Some(punch_id));
    assert_eq!(found.requested_by_name.as_deref(), Some("Manager"));
    assert_eq!(found.decided_by_name.as_deref(), Some("Boss"));
    assert_eq!(found.decision_comment.as_deref(), Some("fine"));
    assert_eq!(found.work_date, date(2026, 3, 2));
}

#[tokio::test]
async fn an_early_punch_marks_the_day_before_and_a_former_zone_counts() {
    let office = Office::new().await;
    // 03:30 in Berlin, before the day boundary.
    let early = request(
        &office,
        &office.manager,
        add(&office, "2026-03-02T02:30:00Z"),
    )
    .await
    .unwrap();
    approve(&office, &office.boss, early).await.unwrap();
    office
        .execute(&format!(
            "insert into app.site_zone_change values ('{}', '{}', '2026-02-01', 'Asia/Tokyo')",
            office.fixture.organization_id, office.fixture.site_id
        ))
        .await;
    // 05:00 of the next day in Tokyo, where the site was then.
    let before = request(
        &office,
        &office.manager,
        add(&office, "2026-01-10T20:00:00Z"),
    )
    .await
    .unwrap();
    approve(&office, &office.boss, before).await.unwrap();
    let dates: Vec<String> = office
        .marks()
        .await
        .iter()
        .map(|mark| mark[..10].to_owned())
        .collect();
    assert_eq!(dates, ["2026-01-11", "2026-03-01"]);
}

#[tokio::test]
async fn voiding_and_turning_round_leave_the_old_punch_and_show_both() {
    let office = Office::new().await;
    let wrong = office.punch(office.ada, NINE, Some("out")).await;
    let extra = office.punch(office.ada, "2026-03-02T12:00:00Z", None).await;
    let turn = CorrectionChange::ChangeDirection {
        punch_id: wrong,
        direction: Direction::In,
    };
    let turned = request(&office, &office.manager, turn).await.unwrap();
    let void = CorrectionChange::VoidPunch { punch_id: extra };
    let voided = request(&office, &office.manager, void).await.unwrap();
    let rejected = request(
        &office,
        &office.manager,
        add(&office, "2026-03-02T10:00:00Z"),
    )
    .await
    .unwrap();
    let new_punch_id = approve(&office, &office.boss, turned)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(approve(&office, &office.boss, voided).await.unwrap(), None);
    let transaction = office.db.api.begin(&office.boss).await.unwrap();
    correction_reject(&transaction, &office.boss, rejected, "you were not here")
        .await
        .unwrap();
    let day = day_events(&transaction, office.ada, date(2026, 3, 2))
        .await
        .unwrap();
    let seen: Vec<_> = day
        .punches
        .iter()
        .map(|p| (p.punch_id, p.source, p.direction, p.void.is_some()))
        .collect();
    let in_and_out = (Some(Direction::Out), Some(Direction::In));
    assert_eq!(
        seen,
        [
            (wrong, PunchSource::Manual, in_and_out.0, true),
            (new_punch_id, PunchSource::Correction, in_and_out.1, false),
            (extra, PunchSource::Manual, None, true),
        ]
    );
    assert_eq!(day.punches[0].occurred_at, day.punches[1].occurred_at);
    let void = day.punches[0].void.as_ref().unwrap();
    assert_eq!(void.reason, "camera was covered");
    assert_eq!(void.voided_by_name.as_deref(), Some("Boss"));
    assert_eq!(void.correction_id, Some(turned));
    assert_eq!(day.punches[1].added_by, Some(turned));
    let states: Vec<_> = day
        .corrections
        .iter()
        .map(|c| (c.correction_id, c.state))
        .collect();
    assert_eq!(
        states,
        [
            (turned, CorrectionState::Approved),
            (voided, CorrectionState::Approved),
            (rejected, CorrectionState::Rejected),
        ]
    );
    assert_eq!(office.marks().await.len(), 3, "a void marks its day too");
}

#[tokio::test]
async fn a_voided_punch_of_a_night_stays_with_the_day_of_its_replacement() {
    let office = Office::new().await;
    // Out at 06:10 of the next morning, read as IN.
    let wrong = office
        .punch(office.ada, "2026-03-03T05:10:00Z", Some("in"))
        .await;
    let turn = CorrectionChange::ChangeDirection {
        punch_id: wrong,
        direction: Direction::Out,
    };
    let turned = request(&office, &office.manager, turn).await.unwrap();
    let right = approve(&office, &office.boss, turned)
        .await
        .unwrap()
        .unwrap();
    office.day(office.ada, "2026-03-02", "present").await;
    office.day_punch(office.ada, "2026-03-02", right).await;
    let transaction = office.db.api.begin(&office.boss).await.unwrap();
    let day = day_events(&transaction, office.ada, date(2026, 3, 2))
        .await
        .unwrap();
    let ids: Vec<PunchId> = day.punches.iter().map(|punch| punch.punch_id).collect();
    assert_eq!(ids, [wrong, right]);
    assert!(day.punches[1].reading.is_some());
    assert_eq!(day.corrections.len(), 1);
    let next = day_events(&transaction, office.ada, date(2026, 3, 3))
        .await
        .unwrap();
    assert!(next.punches.is_empty() && next.corrections.is_empty());
}

#[tokio::test]
async fn requests_that_could_never_be_right_are_refused() {
    let office = Office::new().await;
    let own = office.punch(office.ada, NINE, None).await;
    let others = office.punch(office.bob, NINE, None).await;
    let gone = office.punch(office.ada, "2026-03-02T11:00:00Z", None).await;
    office.void(gone).await;
    let manager = &office.manager;
    let void = |punch_id| CorrectionChange::VoidPunch { punch_id };

    let future = (Timestamp::now() + 1.hour()).to_string();
    refused(
        request(&office, manager, add(&office, &future)).await,
        "is in the future",
    );
    let old = add(&office, "1969-12-31T23:59:59Z");
    refused(request(&office, manager, old).await, "is before 1970");
    refused(
        request(&office, manager, void(others)).await,
        "is not of this employee",
    );
    refused(
        request(&office, manager, void(gone)).await,
        "is voided already",
    );
    let unknown = void(PunchId(Uuid::now_v7()));
    refused(
        request(&office, manager, unknown).await,
        "there is no punch",
    );
    let nowhere = CorrectionChange::AddPunch {
        site_id: SiteId(Uuid::now_v7()),
        occurred_at: NINE.parse().unwrap(),
        direction: None,
    };
    refused(request(&office, manager, nowhere).await, "there is no site");

    let new = |reason, attachment| NewCorrection {
        employee_id: office.ada,
        change: add(&office, NINE),
        reason,
        attachment,
    };
    let (long, too_long) = ("é".repeat(20_000), "é".repeat(20_001));
    for (new, words) in [
        (new("  ", None), "needs a reason"),
        (new(&long[..2002], None), "needs a reason"),
        (new("x", Some(&too_long)), "has 20001 characters"),
        (new("x", Some("a\0b")), "is not text"),
    ] {
        refused(request_new(&office, manager, &new).await, words);
    }
    let stranger = NewCorrection {
        employee_id: rollcall_domain::id::EmployeeId(Uuid::now_v7()),
        ..new("x", None)
    };
    refused(
        request_new(&office, manager, &stranger).await,
        "there is no employee",
    );
    assert_eq!(
        office.count("attendance.correction").await,
        0,
        "nothing was kept"
    );

    request_new(&office, manager, &new("x", Some(&long)))
        .await
        .unwrap();
    refused(
        request(&office, manager, add(&office, NINE)).await,
        "is requested already",
    );
    request(&office, manager, void(own)).await.unwrap();
    let turn = CorrectionChange::ChangeDirection {
        punch_id: own,
        direction: Direction::Out,
    };
    refused(
        request(&office, manager, turn).await,
        "is requested already",
    );
}

#[tokio::test]
async fn an_ambiguous_local_time_is_asked_for() {
    let office = Office::new().await;
    let transaction = office.db.api.begin(&office.manager).await.unwrap();
    let site_id = office.fixture.site_id;
    let autumn = datetime(2025, 10, 26, 2, 30, 0, 0);
    let asked = site_instant(&transaction, site_id, autumn, None).await;
    refused(
        asked,
        "`2025-10-26 02:30+02:00` (00:30 UTC) or `2025-10-26 02:30+01:00` (01:30 UTC)",
    );
    let second = site_instant(&transaction, site_id, autumn, Some(offset(1))).await;
    assert_eq!(second.unwrap().to_string(), "2025-10-26T01:30:00Z");
    let spring = datetime(2026, 3, 29, 2, 30, 0, 0);
    refused(
        site_instant(&transaction, site_id, spring, None).await,
        "does not exist",
    );
    let wrong = site_instant(&transaction, site_id, spring, Some(offset(9))).await;
    refused(wrong, "has not the offset `+09:00`");
}

#[tokio::test]
async fn a_correction_is_decided_once() {
    let office = Office::new().await;
    let (manager, boss) = (&office.manager, &office.boss);
    let correction_id = request(&office, manager, add(&office, NINE)).await.unwrap();

    let transaction = office.db.api.begin(boss).await.unwrap();
    refused(
        correction_withdraw(&transaction, boss, correction_id).await,
        "somebody else",
    );
    refused(
        correction_reject(&transaction, boss, correction_id, " ").await,
        "a rejection needs a comment",
    );
    drop(transaction);
    let transaction = office.db.api.begin(manager).await.unwrap();
    correction_withdraw(&transaction, manager, correction_id)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    refused(
        approve(&office, boss, correction_id).await,
        "is withdrawn already, by Manager",
    );
    let unknown = CorrectionId(Uuid::now_v7());
    refused(
        approve(&office, boss, unknown).await,
        "there is no correction",
    );
    assert_eq!(office.count("attendance.punch").await, 0);

    // What was voided meanwhile cannot be voided again.
    let punch_id = office.punch(office.ada, NINE, None).await;
    let void = CorrectionChange::VoidPunch { punch_id };
    let correction_id = request(&office, manager, void).await.unwrap();
    office.void(punch_id).await;
    refused(
        approve(&office, boss, correction_id).await,
        "is voided already",
    );
    let filter = CorrectionFilter {
        state: Some(CorrectionState::Requested),
        employee_id: Some(office.ada),
        ..CorrectionFilter::default()
    };
    let transaction = office.db.api.begin(boss).await.unwrap();
    let open = correction_list(&transaction, &filter, 10).await.unwrap();
    assert_eq!(open.len(), 1, "it stays to be rejected");
}

#[tokio::test]
async fn of_many_approvals_at_once_exactly_one_takes_effect() {
    let office = Office::new().await;
    let punch_id = office.punch(office.ada, NINE, Some("out")).await;
    let turn = CorrectionChange::ChangeDirection {
        punch_id,
        direction: Direction::In,
    };
    let correction_id = request(&office, &office.manager, turn).await.unwrap();
    let boss = office.boss;
    let attempts = (0..6).map(|_| {
        let database = office.db.api.clone();
        tokio::spawn(async move {
            let transaction = database.begin(&boss).await?;
            let added = correction_approve(&transaction, &boss, correction_id, None).await?;
            transaction.commit().await?;
            Ok::<_, StoreError>(added)
        })
    });
    let attempts: Vec<_> = attempts.collect();
    let mut n_approved = 0;
    for attempt in attempts {
        match attempt.await.unwrap() {
            Ok(_) => n_approved += 1,
            Err(error) => refused::<()>(Err(error), "is approved already, by Boss"),
        }
    }
    assert_eq!(n_approved, 1);
    assert_eq!(office.count("attendance.punch").await, 2);
    assert_eq!(office.count("attendance.punch_void").await, 1);
    assert_eq!(office.marks().await.len(), 2);
}

#[tokio::test]
async fn of_two_requests_at_once_for_one_punch_one_is_refused() {
    let office = Office::new().await;
    let punch_id = office.punch(office.ada, NINE, None).await;
    let void = CorrectionChange::VoidPunch { punch_id };
    let (one, two) = tokio::join!(
        request(&office, &office.manager, void),
        request(&office, &office.boss, void)
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    refused(one.and(two), "is requested already");
}

#[tokio::test]
async fn four_eyes_need_two_known_people() {
    let office = Office::new().await;
    let nobody = office.fixture.scope();
    let unnamed = request(&office, &nobody, add(&office, NINE)).await.unwrap();
    let organization_id = office.fixture.organization_id;
    organization_set_four_eyes(&office.db.admin, organization_id, true)
        .await
        .unwrap();
    assert!(
        organization_four_eyes(&office.db.api, &nobody)
            .await
            .unwrap()
    );

    refused(
        approve(&office, &office.boss, unnamed).await,
        "both must be known",
    );
    let later = add(&office, "2026-03-02T09:00:00Z");
    refused(request(&office, &nobody, later).await, "both must be known");
    let own = request(&office, &office.boss, later).await.unwrap();
    refused(
        approve(&office, &office.boss, own).await,
        "requested themselves",
    );
    refused(approve(&office, &nobody, own).await, "both must be known");
    assert_eq!(office.count("attendance.punch").await, 0);
    approve(&office, &office.manager, own).await.unwrap();

    organization_set_four_eyes(&office.db.admin, organization_id, false)
        .await
        .unwrap();
    approve(&office, &nobody, unnamed).await.unwrap();
    assert_eq!(office.count("attendance.punch").await, 2);
}

#[tokio::test]
async fn another_organisation_sees_and_decides_nothing() {
    let office = Office::new().await;
    let correction_id = request(&office, &office.manager, add(&office, NINE))
        .await
        .unwrap();
    let other = rollcall_testkit::fixture::organization(&office.db).await;
    refused(
        approve(&office, &other.scope(), correction_id).await,
        "there is no correction",
    );
    let transaction = office.db.api.begin(&other.scope()).await.unwrap();
    let all = CorrectionFilter::default();
    assert!(
        correction_list(&transaction, &all, 10)
            .await
            .unwrap()
            .is_empty()
    );
}
