//! Input that nobody should send, through the database: ten thousand punches of one person in a day,
//! punches outside employment, punches at a site that was closed. Must not know how days are derived.

use std::time::{Duration, Instant};

use rollcall_domain::id::EmployeeId;
use rollcall_store::derivation::Derived;
use rollcall_worker::derive_pending;

use crate::common::Stage;

async fn derive(stage: &Stage) -> Derived {
    derive_pending(&stage.database.worker).await.unwrap()
}

/// Ten thousand punches of one person on one date, 8 s apart, each with its mark; the cool-down of
/// the site leaves all of them counted.
async fn flood(stage: &Stage) {
    let person = stage.employee("A1").await;
    stage.hired_on("2026-03-02").await;
    stage
        .execute("update app.site set cool_down_seconds = 5")
        .await;
    stage
        .execute(&format!(
            "with p as (
               insert into attendance.punch (organization_id, employee_id, site_id, occurred_at, source)
               select '{organization_id}', '{person}', '{site_id}',
                 timestamptz '2026-03-03T04:00:00+01:00' + n * interval '8 seconds', 'face'
               from generate_series(0, 9999) as n
               returning organization_id, employee_id, punch_id
             )
             insert into attendance.dirty_day (organization_id, employee_id, work_date, punch_id)
             select organization_id, employee_id, '2026-03-03', punch_id from p",
            organization_id = stage.fixture.organization_id,
            site_id = stage.fixture.site_id,
        ))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_punches_of_one_person_on_one_date_are_a_flood_and_no_harm() {
    let stage = Stage::new().await;
    flood(&stage).await;
    let begin = Instant::now();
    let derived = derive(&stage).await;
    let elapsed = begin.elapsed();
    eprintln!("10,000 punches of one date: {elapsed:?}");
    assert_eq!((derived.n_marks, derived.n_announced), (10_000, 10_000));
    assert!(elapsed < Duration::from_secs(20), "{elapsed:?}");
    let days = stage
        .query(
            "select format('%s %s+%s %s min %s', work_date, n_punches, n_repeats, presence_minutes, exceptions)
             from attendance.day where organization_id = $1 and n_punches > 0",
        )
        .await;
    // Stays of 8 s each count a minute when they cross one: the first from 04:01:52 to 04:02:00, the last
    // from 02:10:56 to 02:11:04. Between them are breaks, which are presence.
    assert_eq!(days, ["2026-03-03 10000+0 1330 min {punch_flood}"]);
    let stored = stage
        .query(
            "select format('%s %s', (select count(*) from attendance.day_punch p
                                     where (p.organization_id, p.work_date) = (d.organization_id, d.work_date)),
                           jsonb_array_length(d.why) < 1000 and octet_length(d.why::text) < 200000)
             from attendance.day d where organization_id = $1 and work_date = '2026-03-03'",
        )
        .await;
    assert_eq!(stored, ["10000 t"]);

    // Derived again it is the same day.
    let person = "select employee_id::text from app.employee where organization_id = $1";
    let person = stage.query(person).await[0].parse().unwrap();
    stage
        .mark(EmployeeId(person), "2026-03-03", "2026-03-03")
        .await;
    assert_eq!(derive(&stage).await.n_changed, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn punches_before_hire_and_after_the_last_day_are_kept_and_not_paid() {
    let stage = Stage::new().await;
    let ada = stage.employee("A1").await;
    stage
        .execute("update app.employee set hired_on = '2026-03-03', left_on = '2026-03-05'")
        .await;
    for day in 2..=6 {
        let at = |hour: i32| format!("2026-03-{day:02}T{hour:02}:00:00+01:00");
        stage.punch(ada, &at(9), Some("in")).await;
        stage.punch(ada, &at(17), Some("out")).await;
    }
    stage.mark(ada, "2026-02-25", "2026-03-15").await;
    derive(&stage).await;
    let days = stage
        .query(
            "select format('%s %s %s of %s min %s', work_date, status, payable_minutes, presence_minutes, exceptions)
             from attendance.day where organization_id = $1 order by work_date",
        )
        .await;
    assert_eq!(
        days,
        [
            "2026-03-02 present 0 of 480 min {outside_employment}",
            "2026-03-03 present 480 of 480 min {}",
            "2026-03-04 present 480 of 480 min {}",
            "2026-03-05 present 480 of 480 min {}",
            "2026-03-06 present 0 of 480 min {outside_employment}",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn punches_at_a_closed_site_count_and_are_told() {
    let stage = Stage::new().await;
    let ada = stage.employee("A1").await;
    stage.hired_on("2026-03-03").await;
    stage
        .execute(&format!(
            "update app.site set deactivated_at = '2026-03-03T17:00:00+01:00' where site_id = '{}'",
            stage.fixture.site_id
        ))
        .await;
    stage
        .punch(ada, "2026-03-03T09:00:00+01:00", Some("in"))
        .await;
    // The very instant from which the site is not in use.
    let last = stage
        .punch(ada, "2026-03-03T17:00:00+01:00", Some("out"))
        .await;
    derive(&stage).await;
    let days = stage
        .query(
            "select format('%s %s min %s %s', d.work_date, d.payable_minutes, x.kind, x.punch_ids)
             from attendance.day d join attendance.day_exception x using (organization_id, employee_id, work_date)
             where d.organization_id = $1",
        )
        .await;
    assert_eq!(
        days,
        [format!("2026-03-03 480 min inactive_site {{{last}}}")]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_deactivated_is_absent_until_that_day_and_not_after() {
    let stage = Stage::new().await;
    let gone = stage.employee("GONE").await;
    let left = stage.employee("LEFT").await;
    let stays = stage.employee("STAYS").await;
    stage.hired_on("2026-03-02").await;
    // Late in the evening of the 3rd in London is the 4th in Berlin.
    stage
        .execute(
            "update app.employee set deactivated_at = '2026-03-03T23:30:00Z' where code <> 'STAYS'",
        )
        .await;
    stage
        .execute("update app.employee set left_on = '2026-03-02' where code = 'LEFT'")
        .await;
    for person in [gone, left, stays] {
        stage.mark(person, "2026-03-01", "2026-03-06").await;
    }
    // Seen again after having been deactivated.
    stage
        .punch(gone, "2026-03-05T09:00:00+01:00", Some("in"))
        .await;
    stage
        .punch(gone, "2026-03-05T10:00:00+01:00", Some("out"))
        .await;
    derive(&stage).await;
    let days = stage
        .query(
            "select format('%s %s %s %s', e.code, string_agg(d.work_date || ' ' || d.status, ', ' order by d.work_date),
                      sum(d.payable_minutes), min(d.exceptions::text))
             from attendance.day d join app.employee e using (organization_id, employee_id)
             where d.organization_id = $1 and d.work_date between '2026-03-01' and '2026-03-06'
             group by e.code order by 1",
        )
        .await;
    assert_eq!(
        days,
        [
            "GONE 2026-03-02 absent, 2026-03-03 absent, 2026-03-04 absent, 2026-03-05 present 0 {outside_employment}",
            "LEFT 2026-03-02 absent 0 {}",
            "STAYS 2026-03-02 absent, 2026-03-03 absent, 2026-03-04 absent, 2026-03-05 absent, 2026-03-06 absent 0 {}",
        ]
    );
}
