//! Periods and waivers: what opening refuses, each thing that keeps a period from being closed, that
//! closing waits for who derives, and what payroll reads.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod attendance;

use std::time::Duration;

use attendance::Office;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use rollcall_domain::ExceptionKind;
use rollcall_store::StoreError;
use rollcall_store::correction::{CorrectionChange, NewCorrection, correction_request};
use rollcall_store::derivation::{ClaimLimits, DayClaim, WorkFilter, work_find};
use rollcall_store::exception::{
    ExceptionFilter, ExceptionKey, exception_list, exception_unwaive, exception_waive,
};
use rollcall_store::period::{
    Figures, Period, PeriodState, Unresolved, adjustment_list, period_close, period_find,
    period_list, period_open, period_review, period_totals,
};
use rollcall_testkit::wait_until;

const FIRST: Date = date(2026, 3, 1);
const LAST: Date = date(2026, 3, 31);

async fn open(office: &Office, first: Date, last: Date) -> Result<Period, StoreError> {
    let transaction = office.db.api.begin(&office.manager).await.unwrap();
    let period = period_open(&transaction, &office.manager, first, last).await?;
    transaction.commit().await?;
    Ok(period)
}

async fn review(office: &Office, period: &Period) -> Result<(Period, Unresolved), StoreError> {
    let transaction = office.db.api.begin(&office.manager).await.unwrap();
    let reviewed = period_review(&transaction, &office.manager, period.period_id).await?;
    transaction.commit().await?;
    Ok(reviewed)
}

async fn close(office: &Office, period: &Period) -> Result<Period, StoreError> {
    let transaction = office.db.api.begin(&office.boss).await.unwrap();
    let closed = period_close(&transaction, &office.boss, period.period_id).await?;
    transaction.commit().await?;
    Ok(closed)
}

fn refused<T: std::fmt::Debug>(result: Result<T, StoreError>, words: &str) {
    let error = result.expect_err(words);
    assert!(error.to_string().contains(words), "{error}");
}

/// All days exist through the end of the period.
async fn open_days(office: &Office) {
    office
        .execute(&format!(
            "insert into attendance.day_opening values ('{}', '2026-06-30')
             on conflict (organization_id) do update set opened_through = excluded.opened_through",
            office.fixture.organization_id
        ))
        .await;
}

async fn adjustment(office: &Office, closed: &Period, into: Option<&Period>, minutes: i32) {
    let into = into.map_or("null".to_owned(), |p| format!("'{}'", p.period_id));
    office
        .execute(&format!(
            "insert into attendance.adjustment (organization_id, employee_id, work_date, period_id, into_period_id,
               payable_minutes, overtime_daily_minutes, overtime_weekly_minutes, overtime_rest_day_minutes,
               overtime_holiday_minutes, leave_paid_minutes, leave_unpaid_minutes, why)
             values ('{}', '{}', '2026-03-02', '{}', {into}, {minutes}, 0, 0, 0, 0, 0, 0,
               '[{{\"text\": \"payable 480 -> 510\"}}]')",
            office.fixture.organization_id, office.ada, closed.period_id
        ))
        .await;
}

#[tokio::test]
async fn periods_do_not_overlap_and_say_which_is_in_the_way() {
    let office = Office::new().await;
    let period = open(&office, FIRST, LAST).await.unwrap();
    assert_eq!((period.first, period.last), (FIRST, LAST));
    assert_eq!(period.state, PeriodState::Open);
    for (first, last) in [
        (FIRST, LAST),
        (date(2026, 3, 31), date(2026, 4, 30)),
        (date(2026, 2, 1), FIRST),
        (date(2026, 3, 10), date(2026, 3, 10)),
        (date(2026, 1, 1), date(2026, 12, 31)),
    ] {
        let words = "overlaps the period 2026-03-01 to 2026-03-31 (open)";
        refused(open(&office, first, last).await, words);
    }
    refused(open(&office, LAST, FIRST).await, "cannot end on 2026-03-01");
    let long = open(&office, date(2027, 1, 1), date(2028, 1, 2)).await;
    refused(long, "367 days is too long");
    open(&office, date(2027, 1, 1), date(2028, 1, 1))
        .await
        .unwrap();
    open(&office, date(2026, 4, 1), date(2026, 4, 30))
        .await
        .unwrap();

    let transaction = office.db.api.begin(&office.boss).await.unwrap();
    let listed = period_list(&transaction).await.unwrap();
    let firsts: Vec<Date> = listed.iter().map(|period| period.first).collect();
    assert_eq!(firsts, [date(2027, 1, 1), date(2026, 4, 1), FIRST]);
    let found = period_find(&transaction, date(2026, 3, 15)).await.unwrap();
    assert_eq!(found, period);
    refused(
        period_find(&transaction, date(2026, 7, 1)).await,
        "no period holds 2026-07-01",
    );
}

#[tokio::test]
async fn of_two_that_open_the_same_dates_at_once_one_is_refused() {
    let office = Office::new().await;
    let (one, two) = tokio::join!(open(&office, FIRST, LAST), open(&office, FIRST, LAST));
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    refused(one.and(two), "overlaps the period");
}

#[tokio::test]
async fn each_thing_left_to_do_keeps_a_period_from_being_closed() {
    let office = Office::new().await;
    let period = open(&office, FIRST, LAST).await.unwrap();
    refused(close(&office, &period).await, "was not reviewed");
    let (reviewed, unresolved) = review(&office, &period).await.unwrap();
    assert_eq!(reviewed.state, PeriodState::Review);
    assert_eq!(reviewed.reviewed_by_name.as_deref(), Some("Manager"));
    assert_eq!(unresolved.not_begun, Some(FIRST));
    refused(
        close(&office, &period).await,
        "the days from 2026-03-01 on do not exist yet",
    );
    open_days(&office).await;
    office.day(office.ada, "2026-03-02", "present").await;

    let organization = office.fixture.organization_id;
    let ada = office.ada;
    let (insert_due, insert_mark) = (
        format!(
            "insert into attendance.due_day values ('{organization}', '{ada}', '2026-03-31', '2026-04-01')"
        ),
        |from: &str, to: &str| {
            format!(
                "insert into attendance.dirty_day (organization_id, employee_id, work_date, last_date)
                 values ('{organization}', '{ada}', '{from}', {to})"
            )
        },
    );
    let delete_marks = "delete from attendance.dirty_day";
    let correct = |at: &str| {
        format!(
            "insert into attendance.correction (organization_id, employee_id, kind, site_id, occurred_at, reason)
             values ('{organization}', '{ada}', 'add_punch', '{}', '{at}', 'x')",
            office.fixture.site_id
        )
    };
    let raise = format!(
        "insert into attendance.day_exception values ('{organization}', '{ada}', '2026-03-02', 'short_rest', '{{}}', 'x')"
    );
    let cases: [(&str, String, &str); 8] = [
        (
            "1 exception is neither",
            raise,
            "delete from attendance.day_exception",
        ),
        (
            "1 correction waits",
            correct("2026-03-31T20:00:00Z"),
            "delete from attendance.correction",
        ),
        (
            "1 day has an open session",
            "update attendance.day set is_open = true".to_owned(),
            "update attendance.day set is_open = false",
        ),
        (
            "1 day will still change",
            insert_due,
            "delete from attendance.due_day",
        ),
        (
            "1 employee has days that",
            insert_mark("2026-03-10", "null"),
            delete_marks,
        ),
        // As far as the derivation widens a mark: eight dates before it, thirteen after it.
        (
            "1 employee has days that",
            insert_mark("2026-04-08", "null"),
            delete_marks,
        ),
        (
            "1 employee has days that",
            insert_mark("2026-01-01", "'2026-12-31'"),
            delete_marks,
        ),
        (
            "1 employee has days that",
            insert_mark("2026-02-16", "null"),
            delete_marks,
        ),
    ];
    for (words, cause, remedy) in cases {
        office.execute(&cause).await;
        refused(close(&office, &period).await, words);
        office.execute(remedy).await;
    }
    // None of these is inside.
    office.execute(&correct("2026-04-01T20:00:00Z")).await;
    office.execute(&insert_mark("2026-04-09", "null")).await;
    office.execute(&insert_mark("2026-02-15", "null")).await;
    let (_, unresolved) = review(&office, &period).await.unwrap();
    assert_eq!(unresolved.lines(), [] as [&str; 0]);

    let closed = close(&office, &period).await.unwrap();
    assert_eq!(closed.state, PeriodState::Closed);
    assert_eq!(closed.closed_by_name.as_deref(), Some("Boss"));
    refused(close(&office, &period).await, "stays as it is");
    refused(review(&office, &period).await, "stays as it is");
    refused(
        open(&office, LAST, LAST).await,
        "a closed period is never opened again",
    );
}

#[tokio::test]
async fn a_period_that_is_not_over_is_not_closed() {
    let office = Office::new().await;
    let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let (first, last) = (today.yesterday().unwrap(), today.tomorrow().unwrap());
    let period = open(&office, first, last).await.unwrap();
    office
        .execute(&format!(
            "update attendance.day_opening set opened_through = '{last}' where organization_id = '{}'",
            office.fixture.organization_id
        ))
        .await;
    let (_, unresolved) = review(&office, &period).await.unwrap();
    assert_eq!(unresolved.not_over, Some(last));
    refused(close(&office, &period).await, "is not over at every site");
}

#[tokio::test]
async fn closing_waits_for_who_derives() {
    let office = Office::new().await;
    let period = open(&office, FIRST, LAST).await.unwrap();
    review(&office, &period).await.unwrap();
    open_days(&office).await;
    office.day(office.ada, "2026-03-02", "present").await;
    office
        .execute(&format!(
            "insert into attendance.dirty_day (organization_id, employee_id, work_date) values ('{}', '{}', '2026-03-02')",
            office.fixture.organization_id, office.ada
        ))
        .await;
    // A worker has taken the mark and not committed yet; closing must not judge before it has.
    let filter = WorkFilter {
        organization_id: Some(office.fixture.organization_id),
        limit: 10,
        except: Vec::new(),
    };
    let work = work_find(&office.db.worker, &filter).await.unwrap();
    let limits = ClaimLimits {
        n_employees: 10,
        n_days: 10,
    };
    let claim = DayClaim::take(&office.db.worker, &work[0], limits)
        .await
        .unwrap()
        .unwrap();
    let (database, scope, period_id) = (office.db.api.clone(), office.boss, period.period_id);
    let closing = tokio::spawn(async move {
        let transaction = database.begin(&scope).await?;
        let closed = period_close(&transaction, &scope, period_id).await?;
        transaction.commit().await?;
        Ok::<_, StoreError>(closed)
    });
    let waits = "select 'x' from pg_locks where locktype = 'advisory' and not granted";
    wait_until("closing waits", Duration::from_secs(20), async || {
        (!office.texts(waits).await.is_empty()).then_some(())
    })
    .await;
    drop(claim);
    refused(
        closing.await.unwrap(),
        "1 employee has days that are being derived",
    );
}

#[tokio::test]
async fn a_waiver_survives_a_new_derivation_and_lets_a_period_be_closed() {
    let office = Office::new().await;
    let period = open(&office, FIRST, LAST).await.unwrap();
    open_days(&office).await;
    office.day(office.ada, "2026-03-02", "incomplete").await;
    office
        .exception(office.ada, "2026-03-02", "missing_out")
        .await;
    let scope = &office.manager;
    let key = |kind| ExceptionKey {
        employee_id: office.ada,
        work_date: date(2026, 3, 2),
        kind,
    };
    let out = key(ExceptionKind::MissingOut);
    let waive = async |key: ExceptionKey, note: &str| {
        let transaction = office.db.api.begin(scope).await.unwrap();
        exception_waive(&transaction, scope, &key, note).await?;
        transaction.commit().await
    };
    let unwaive = async |key: ExceptionKey| {
        let transaction = office.db.api.begin(scope).await.unwrap();
        exception_unwaive(&transaction, scope, &key).await?;
        transaction.commit().await
    };
    refused(
        waive(key(ExceptionKind::ShortRest), "x").await,
        "the day has missing_out",
    );
    refused(waive(out, "  ").await, "needs a note");
    refused(waive(out, &"x".repeat(1001)).await, "needs a note");
    refused(unwaive(out).await, "is not waived");
    waive(out, "badge was broken").await.unwrap();
    refused(waive(out, "again").await, "is waived already, by Manager");
    unwaive(out).await.unwrap();
    waive(out, "badge was broken").await.unwrap();

    // The day is derived again.
    office.execute("delete from attendance.day").await;
    office.day(office.ada, "2026-03-02", "incomplete").await;
    office
        .exception(office.ada, "2026-03-02", "missing_out")
        .await;
    let transaction = office.db.api.begin(scope).await.unwrap();
    let filter = |site_id, with_waived| ExceptionFilter {
        from: FIRST,
        to: LAST,
        site_id,
        employee_id: Some(office.ada),
        with_waived,
        kinds: Vec::new(),
    };
    let unresolved = exception_list(&transaction, &filter(None, false), 10)
        .await
        .unwrap();
    assert!(unresolved.is_empty());
    let all = exception_list(
        &transaction,
        &filter(Some(office.fixture.site_id), true),
        10,
    )
    .await
    .unwrap();
    let waiver = all[0].waiver.as_ref().unwrap();
    assert_eq!(waiver.note, "badge was broken");
    assert_eq!(waiver.waived_by_name.as_deref(), Some("Manager"));
    let elsewhere = filter(Some(office.fixture.second_site_id), true);
    assert!(
        exception_list(&transaction, &elsewhere, 10)
            .await
            .unwrap()
            .is_empty()
    );
    drop(transaction);

    review(&office, &period).await.unwrap();
    close(&office, &period).await.unwrap();
    refused(unwaive(out).await, "is closed, and its waivers stay");
}

#[tokio::test]
async fn a_late_correction_is_taken_and_leaves_closed_days_alone() {
    let office = Office::new().await;
    let period = open(&office, FIRST, LAST).await.unwrap();
    review(&office, &period).await.unwrap();
    open_days(&office).await;
    office.day(office.ada, "2026-03-02", "present").await;
    close(&office, &period).await.unwrap();
    let rows = "select d::text from attendance.day d";
    let before = office.texts(rows).await;
    let transaction = office.db.api.begin(&office.manager).await.unwrap();
    let new = NewCorrection {
        employee_id: office.ada,
        change: CorrectionChange::AddPunch {
            site_id: office.fixture.site_id,
            occurred_at: "2026-03-02T16:00:00Z".parse().unwrap(),
            direction: None,
        },
        reason: "forgot",
        attachment: None,
    };
    let correction_id = correction_request(&transaction, &office.manager, &new)
        .await
        .unwrap();
    rollcall_store::correction::correction_approve(&transaction, &office.boss, correction_id, None)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(office.texts(rows).await, before);
    let client = office.db.api.client().await.unwrap();
    let change = client
        .execute("update attendance.day set payable_minutes = 0", &[])
        .await;
    let code = change.unwrap_err().code().unwrap().code().to_owned();
    assert_eq!(code, "42501", "the API's role cannot write days at all");
}

#[tokio::test]
async fn adjustments_wait_for_a_period_and_are_paid_by_it() {
    let office = Office::new().await;
    let closed = open(&office, FIRST, LAST).await.unwrap();
    review(&office, &closed).await.unwrap();
    open_days(&office).await;
    office.day(office.ada, "2026-03-02", "present").await;
    close(&office, &closed).await.unwrap();
    adjustment(&office, &closed, None, 30).await;
    let transaction = office.db.api.begin(&office.boss).await.unwrap();
    let waiting = adjustment_list(&transaction, None).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].why, ["payable 480 -> 510"]);
    drop(transaction);

    // An earlier period does not pay what belongs to a later one.
    open(&office, date(2026, 2, 1), date(2026, 2, 28))
        .await
        .unwrap();
    let may = open(&office, date(2026, 5, 1), date(2026, 5, 31))
        .await
        .unwrap();
    office.day(office.ada, "2026-05-04", "present").await;
    office.day(office.ada, "2026-05-05", "late").await;
    office.day(office.ada, "2026-05-06", "absent").await;
    office.day(office.bob, "2026-05-04", "present").await;
    let transaction = office.db.api.begin(&office.boss).await.unwrap();
    assert!(
        adjustment_list(&transaction, None)
            .await
            .unwrap()
            .is_empty()
    );
    let paid = adjustment_list(&transaction, Some(may.period_id))
        .await
        .unwrap();
    assert_eq!(
        (paid[0].employee_code.as_str(), paid[0].figures.payable),
        ("ada", 30)
    );
    let totals = period_totals(&transaction, &may).await.unwrap();
    let figures = |payable, overtime_daily| Figures {
        payable,
        overtime_daily,
        ..Figures::default()
    };
    let seen: Vec<_> = totals
        .iter()
        .map(|t| {
            (
                t.employee_code.as_str(),
                t.n_days_worked,
                t.n_days_absent,
                t.days,
                t.adjustments,
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("ada", 2, 1, figures(960, 120), figures(30, 0)),
            ("bob", 1, 0, figures(480, 60), figures(0, 0)),
        ]
    );
    assert_eq!(totals[0].total(), figures(990, 120));

    // Somebody without a day of their own is paid too.
    let april = open(&office, date(2026, 4, 1), date(2026, 4, 30))
        .await
        .unwrap();
    adjustment(&office, &closed, Some(&april), -15).await;
    let transaction = office.db.api.begin(&office.boss).await.unwrap();
    let totals = period_totals(&transaction, &april).await.unwrap();
    assert_eq!(totals.len(), 1);
    assert_eq!(totals[0].total(), figures(-15, 0));
}

#[tokio::test]
async fn another_organisation_has_its_own_periods() {
    let office = Office::new().await;
    let period = open(&office, FIRST, LAST).await.unwrap();
    let other = rollcall_testkit::fixture::organization(&office.db).await;
    let scope = other.scope();
    let transaction = office.db.api.begin(&scope).await.unwrap();
    assert!(period_list(&transaction).await.unwrap().is_empty());
    refused(
        period_review(&transaction, &scope, period.period_id).await,
        "there is no period",
    );
    period_open(&transaction, &scope, FIRST, LAST)
        .await
        .unwrap();
}
