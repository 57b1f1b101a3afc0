//! The daily register against plain SQL over the punches, and read back from its files.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::io::Cursor;

use jiff::civil::{Date, date};
use polars::prelude::*;
use rollcall_analytics::{AnalyticsError, DailyRegister, DailyRegisterFilter, daily_register};
use rollcall_domain::derive_days;
use rollcall_domain::id::SiteId;
use rollcall_store::derivation::{
    ClaimLimits, DayClaim, PersonOutcomes, RederiveFilter, WorkFilter, rederive_mark, work_find,
};
use rollcall_store::provision::{self, EmployeeSpec};
use rollcall_testkit::TestDatabase;
use rollcall_testkit::fixture::{self, Fixture};

/// Three working days, long past, so that the clock of the machine does not matter. In the night
/// before the second one the clocks of Berlin go forward.
const FROM: Date = date(2025, 3, 29);
const TO: Date = date(2025, 3, 31);
const N_EMPLOYEES: usize = 12;

struct Stage {
    database: TestDatabase,
    fixture: Fixture,
}

/// Twelve people, a third of them in New York; some absent, some with a break, some without an end,
/// one name that CSV must quote.
async fn stage() -> Stage {
    let database = TestDatabase::create().await;
    let fixture = fixture::organization(&database).await;
    let admin = &database.admin;
    let mut people = Vec::new();
    for person in 0..N_EMPLOYEES {
        let site_id = if person % 3 == 2 {
            fixture.second_site_id
        } else {
            fixture.site_id
        };
        let employee = EmployeeSpec {
            code: &format!("E{person:02}"),
            display_name: if person == 4 {
                "Person \"Four\", junior"
            } else {
                &format!("Person {person}")
            },
            site_ids: &[site_id],
        };
        let employee_id = provision::employee_create(admin, fixture.organization_id, &employee)
            .await
            .unwrap();
        people.push((employee_id, site_id));
    }
    let transaction = admin.begin(&fixture.scope()).await.unwrap();
    transaction
        .execute(
            "everybody began on the 1st, but two of them",
            "update app.employee set
               created_at = case code when 'E06' then timestamptz '2025-03-30 12:00+02' else '2025-03-01' end,
               left_on = case code when 'E07' then date '2025-03-30' end",
            &[],
        )
        .await
        .unwrap();
    for (person, (employee_id, site_id)) in people.iter().enumerate() {
        for day in 0..3usize {
            if person == 6 || person == 7 || (person + day) % 4 == 3 {
                continue;
            }
            let zone = if person % 3 == 2 {
                "America/New_York"
            } else {
                "Europe/Berlin"
            };
            // Local times; the first of them before the clock change of the day in Berlin.
            let times = ["05:07:11", "11:30:30", "12:15:00", "17:02:59"];
            let n_times = if person % 5 == 1 { 3 } else { 4 };
            for (index, time) in times.iter().take(n_times).enumerate() {
                let local = format!(
                    "{} {time}",
                    FROM.saturating_add(jiff::Span::new().days(day as i64))
                );
                transaction
                    .execute(
                        "insert punch",
                        "insert into attendance.punch (organization_id, employee_id, site_id, occurred_at, source, direction)
                         values ($1, $2, $3, ($4::text)::timestamp at time zone $5::text, 'manual', $6)",
                        &[
                            &fixture.organization_id.0,
                            &employee_id.0,
                            &site_id.0,
                            &local,
                            &zone,
                            &["in", "out"][index % 2],
                        ],
                    )
                    .await
                    .unwrap();
            }
        }
    }
    let dates = RederiveFilter {
        from: FROM,
        to: TO,
        site_id: None,
        employees: Vec::new(),
    };
    rederive_mark(&transaction, &dates).await.unwrap();
    transaction.commit().await.unwrap();
    derive(&database).await;
    Stage { database, fixture }
}

/// What the worker does, without the worker.
async fn derive(database: &TestDatabase) {
    const LIMITS: ClaimLimits = ClaimLimits {
        n_employees: 100,
        n_days: 1000,
    };
    let filter = WorkFilter {
        organization_id: None,
        limit: 1000,
        except: Vec::new(),
    };
    for work in work_find(&database.worker, &filter).await.unwrap() {
        let claim = DayClaim::take(&database.worker, &work, LIMITS)
            .await
            .unwrap()
            .unwrap();
        let people = claim
            .people()
            .map(|(span, input)| PersonOutcomes {
                span,
                outcomes: derive_days(claim.book(), &input.unwrap()),
            })
            .collect();
        claim.store(people).await.unwrap();
    }
}

async fn register(stage: &Stage, site: Option<SiteId>, from: Date, to: Date) -> DailyRegister {
    let filter = DailyRegisterFilter { site, from, to };
    daily_register(&stage.database.api, &stage.fixture.scope(), &filter)
        .await
        .unwrap()
}

/// One line per row: site, date, code, UTC first in and last out, minutes, punches, status.
fn lines(frame: &DataFrame) -> Vec<String> {
    let text = |name: &str, row: usize| {
        frame
            .column(name)
            .unwrap()
            .str()
            .unwrap()
            .get(row)
            .unwrap()
            .to_owned()
    };
    let number =
        |name: &str, row: usize| frame.column(name).unwrap().i32().unwrap().get(row).unwrap();
    let instant = |name: &str, row: usize| {
        let micros = frame
            .column(name)
            .unwrap()
            .datetime()
            .unwrap()
            .physical()
            .get(row);
        micros.map_or(String::new(), |micros| {
            jiff::Timestamp::from_microsecond(micros)
                .unwrap()
                .strftime("%FT%T")
                .to_string()
        })
    };
    (0..frame.height())
        .map(|row| {
            let days = frame
                .column("work_date")
                .unwrap()
                .date()
                .unwrap()
                .physical()
                .get(row)
                .unwrap();
            format!(
                "{} {} {} {} {} {} {} {}",
                text("site_name", row),
                date(1970, 1, 1).saturating_add(jiff::Span::new().days(i64::from(days))),
                text("employee_code", row),
                instant("first_in_at", row),
                instant("last_out_at", row),
                number("worked_minutes", row),
                number("n_punches", row),
                text("status", row),
            )
        })
        .collect()
}

/// The same from punches, employees and a calendar, without any derived row or view.
async fn plain_sql(stage: &Stage, site: Option<SiteId>) -> Vec<String> {
    let transaction = stage.database.admin.begin_unscoped().await.unwrap();
    transaction
        .query(
            "aggregate punches",
            "with punch as (
               select p.employee_id, p.site_id, p.occurred_at, p.direction,
                      ((p.occurred_at at time zone s.time_zone) - interval '4 hours')::date as work_date,
                      lead(p.occurred_at) over (partition by p.employee_id, ((p.occurred_at at time zone s.time_zone) - interval '4 hours')::date
                                                order by p.occurred_at) as next_at
               from attendance.punch p join app.site s using (site_id)
             ), day as (
               select employee_id, site_id, work_date,
                      min(occurred_at) filter (where direction = 'in') as first_in_at,
                      max(occurred_at) filter (where direction = 'out') as last_out_at,
                      -- Wall-clock minutes: both ends lose their seconds.
                      coalesce(sum(extract(epoch from date_trunc('minute', next_at) - date_trunc('minute', occurred_at)) / 60)
                        filter (where direction = 'in'), 0)::integer as minutes,
                      count(*) as n_punches
               from punch group by 1, 2, 3
             )
             select concat_ws(' ', s.name, c.work_date, e.code,
               coalesce(to_char(d.first_in_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS'), ''),
               coalesce(to_char(d.last_out_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS'), ''),
               coalesce(d.minutes, 0), coalesce(d.n_punches, 0),
               case when d.employee_id is null then 'absent' when d.n_punches % 2 = 1 then 'incomplete' else 'present' end)
             from (select ($2::date + n) as work_date from generate_series(0, $3::date - $2::date) n) c
             cross join app.employee e
             join app.employee_site es using (employee_id)
             join app.site s using (site_id)
             left join day d on d.employee_id = e.employee_id and d.work_date = c.work_date
             where ($1::uuid is null or s.site_id = $1)
               and c.work_date >= case e.code when 'E06' then date '2025-03-30' else date '2025-03-01' end
               and c.work_date <= case e.code when 'E07' then date '2025-03-30' else date '9999-01-01' end
             order by s.name, c.work_date, e.display_name",
            &[&site.map(|id| id.0), &FROM, &TO],
        )
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_equals_plain_sql_over_the_punches() {
    let stage = stage().await;
    for site in [
        None,
        Some(stage.fixture.site_id),
        Some(stage.fixture.second_site_id),
    ] {
        let register = register(&stage, site, FROM, TO).await;
        let expected = plain_sql(&stage, site).await;
        assert_eq!(lines(&register.frame), expected);
        let ends_with = |word: &str| expected.iter().filter(|line| line.ends_with(word)).count();
        let totals = register.totals().unwrap();
        assert_eq!(totals.n_present, ends_with(" present"));
        assert_eq!(totals.n_incomplete, ends_with(" incomplete"));
        assert_eq!(totals.n_absent, ends_with(" absent"));
        assert!(totals.n_absent > 0 && totals.n_incomplete > 0 && totals.n_present > 0);
        assert_eq!(register.n_rows(), expected.len());
        assert_eq!(register.note, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_read_back_as_what_was_written() {
    let stage = stage().await;
    let register = register(&stage, None, FROM, TO).await;

    let mut parquet = Vec::new();
    register.write_parquet(&mut parquet).unwrap();
    let read = ParquetReader::new(Cursor::new(parquet)).finish().unwrap();
    assert!(read.equals_missing(&register.frame), "{read}");
    assert_eq!(read.schema(), register.frame.schema());

    let mut csv = Vec::new();
    register.write_csv(&mut csv).unwrap();
    let text = String::from_utf8(csv.clone()).unwrap();
    assert!(text.contains("\"Person \"\"Four\"\", junior\""), "{text}");
    let read = CsvReadOptions::default()
        .with_has_header(true)
        .into_reader_with_file_handle(Cursor::new(csv))
        .finish()
        .unwrap();
    assert_eq!(read.shape(), register.frame.shape());
    for name in ["worked_minutes", "n_punches", "n_repeats"] {
        let read = read.column(name).unwrap().cast(&DataType::Int32).unwrap();
        assert_eq!(&read, register.frame.column(name).unwrap(), "{name}");
    }
    for (name, parse) in [
        (
            "first_in_at",
            (|text| text.parse::<jiff::Timestamp>().unwrap()) as fn(&str) -> jiff::Timestamp,
        ),
        ("last_out_at", |text| text.parse().unwrap()),
        ("first_in_local", |text| {
            assert!(!text.ends_with('Z'));
            format!("{text}Z").parse().unwrap()
        }),
    ] {
        let read: Vec<Option<i64>> = read
            .column(name)
            .unwrap()
            .str()
            .unwrap()
            .iter()
            .map(|text| {
                text.filter(|text| !text.is_empty())
                    .map(|text| parse(text).as_microsecond())
            })
            .collect();
        let written: Vec<Option<i64>> = register
            .frame
            .column(name)
            .unwrap()
            .datetime()
            .unwrap()
            .physical()
            .iter()
            .collect();
        assert_eq!(read, written, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn table_is_for_people() {
    let stage = stage().await;
    let register = register(&stage, Some(stage.fixture.second_site_id), FROM, FROM).await;
    let table = register.to_table().unwrap();
    let has_row = |words: &[&str]| {
        table.lines().any(|line| {
            let mut rest = line;
            words.iter().all(|word| match rest.split_once(word) {
                Some((_, after)) => {
                    rest = after;
                    true
                }
                None => false,
            })
        })
    };
    // Local times of New York; 6:23:19 and 4:47:59 of work.
    assert!(
        has_row(&[
            "2025-03-29",
            "New York",
            "E02",
            "Person 2",
            "05:07",
            "17:02",
            "11:10",
            "11:10",
            "0:00",
            "0",
            "4",
            "present"
        ]),
        "{table}"
    );
    assert!(
        has_row(&["2025-03-29", "E11", "Person 11", "0:00", "absent"]),
        "{table}"
    );
    assert!(
        has_row(&[
            "total",
            "4 rows",
            "33:30",
            "33:30",
            "3 present, 0 late, 0 incomplete, 1 absent, 0 other"
        ]),
        "{table}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn range_without_rows_has_a_header_and_a_note() {
    let stage = stage().await;
    let register = register(&stage, None, date(2020, 1, 1), date(2020, 1, 2)).await;
    assert_eq!(register.n_rows(), 0);
    let table = register.to_table().unwrap();
    assert!(
        table.contains("employee") && table.contains("hint:"),
        "{table}"
    );
    let mut csv = Vec::new();
    register.write_csv(&mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert_eq!(csv.lines().count(), 1, "{csv}");
    assert!(
        csv.starts_with("work_date,site_name,employee_code"),
        "{csv}"
    );
    let mut parquet = Vec::new();
    register.write_parquet(&mut parquet).unwrap();
    let read = ParquetReader::new(Cursor::new(parquet)).finish().unwrap();
    assert_eq!(read.schema(), register.frame.schema());
}

#[tokio::test(flavor = "multi_thread")]
async fn range_that_ends_before_it_begins_is_an_error() {
    let database = TestDatabase::create().await;
    let fixture = fixture::organization(&database).await;
    let filter = DailyRegisterFilter {
        site: None,
        from: TO,
        to: FROM,
    };
    let error = daily_register(&database.api, &fixture.scope(), &filter)
        .await
        .unwrap_err();
    assert!(matches!(error, AnalyticsError::Range { .. }), "{error}");
    assert!(error.to_string().contains("hint:"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_organisation_sees_none_of_it() {
    let stage = stage().await;
    let other = fixture::organization(&stage.database).await;
    let filter = DailyRegisterFilter {
        site: None,
        from: FROM,
        to: TO,
    };
    let register = daily_register(&stage.database.api, &other.scope(), &filter)
        .await
        .unwrap();
    assert_eq!(register.n_rows(), 0);
}
