//! What was typed at kiosks and what became of it, for those who must put it right. Must not know how codes are compared;
//! PINs and badges are never kept.

use jiff::Timestamp;
use rollcall_domain::id::{DeviceId, EmployeeId, PunchId, SiteId};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::database::{Plan, Transaction};
use crate::employee_code::PIN_DIGITS;
use crate::error::Result;
use crate::page::{Listing, Page, Paged, SortColumn};
use crate::row::word;

/// Why something was refused, which the kiosk is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeRefusal {
    /// No employee has the code.
    UnknownCode,
    /// No employee has the badge.
    UnknownBadge,
    /// The employee has no PIN.
    NoPin,
    /// The PIN was wrong.
    WrongPin,
    /// Too many wrong PINs: this one was not tried.
    Locked,
    /// The employee is not in use.
    Inactive,
    /// The employee does not belong to the site.
    OtherSite,
    /// Nobody knows when it was typed.
    ClockUnknown,
    /// It was typed in the future.
    ClockAhead,
}

impl CodeRefusal {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::UnknownCode,
        Self::UnknownBadge,
        Self::NoPin,
        Self::WrongPin,
        Self::Locked,
        Self::Inactive,
        Self::OtherSite,
        Self::ClockUnknown,
        Self::ClockAhead,
    ];

    /// The word in column `reason`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownCode => "unknown_code",
            Self::UnknownBadge => "unknown_badge",
            Self::NoPin => "no_pin",
            Self::WrongPin => "wrong_pin",
            Self::Locked => "locked",
            Self::Inactive => "inactive",
            Self::OtherSite => "other_site",
            Self::ClockUnknown => "clock_unknown",
            Self::ClockAhead => "clock_ahead",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|word| word.as_str() == text)
    }

    /// What happened, as a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::UnknownCode => "No employee has the code that was typed.",
            Self::UnknownBadge => "No employee has this badge.",
            Self::NoPin => "The employee has no PIN.",
            Self::WrongPin => "The PIN was wrong.",
            Self::Locked => {
                "After too many wrong PINs the employee had to wait, and this one was not tried."
            }
            Self::Inactive => "The employee is not in use.",
            Self::OtherSite => "The employee does not belong to this site.",
            Self::ClockUnknown => {
                "The device had lost its clock, so nobody knows when this was typed."
            }
            Self::ClockAhead => "By the device's clock it was typed in the future.",
        }
    }

    /// What can be done about it, as a sentence.
    pub fn hint(self) -> &'static str {
        match self {
            Self::UnknownCode => {
                "Find out who stood there, tell them their personnel number, and enter the punch by hand."
            }
            Self::UnknownBadge => {
                "Find out whose badge it is, set it as theirs, and enter the punch by hand."
            }
            Self::NoPin => "Give the employee a PIN, and enter the punch by hand.",
            Self::WrongPin => {
                "Ask the employee; if it was them, enter the punch by hand, and give a new PIN if they forgot theirs."
            }
            Self::Locked => {
                "Ask the employee whether the wrong PINs were theirs; a new PIN ends the wait. Enter the punch by hand if it was them."
            }
            Self::Inactive => {
                "If the person works here again, take the employee back into use and enter the punch by hand."
            }
            Self::OtherSite => {
                "If the person works here, add the site to the employee and enter the punch by hand."
            }
            Self::ClockUnknown => "Ask the employee for the time, and enter the punch by hand.",
            Self::ClockAhead => {
                "Look at the clock of the device; ask the employee for the time, and enter the punch by hand."
            }
        }
    }
}

/// What somebody typed at a kiosk, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeEntryRow {
    /// Its id, which is also that of its punch.
    pub entry_id: PunchId,
    /// When it was typed, by the device.
    pub captured_at: Timestamp,
    /// When the hub heard of it: much later after a time without a network.
    pub received_at: Timestamp,
    /// Where.
    pub site_id: SiteId,
    /// Site name.
    pub site_name: String,
    /// Zone of the site.
    pub time_zone: String,
    /// At which device.
    pub device_id: DeviceId,
    /// Device name.
    pub device_name: String,
    /// It was a badge, else a code and PIN.
    pub is_badge: bool,
    /// As it was typed; none for a badge. What named nobody and may be a PIN in the wrong field is covered but for its
    /// first two digits.
    pub employee_code: Option<String>,
    /// Whom it named, also when it was refused; none for nobody.
    pub employee_id: Option<EmployeeId>,
    /// Code of the employee whom it named; none for nobody, or somebody whom the user does not see.
    pub employee: Option<String>,
    /// `in`, `out` or none.
    pub direction: Option<String>,
    /// `punched`, `repeat` or `refused`.
    pub outcome: String,
    /// Why it was refused; none when it was not.
    pub reason: Option<CodeRefusal>,
}

/// Which entries.
#[derive(Clone, Debug, Default)]
pub struct CodeEntryFilter {
    /// Only at this site.
    pub site_id: Option<SiteId>,
    /// Only at this device.
    pub device_id: Option<DeviceId>,
    /// Only those that named this employee.
    pub employee_id: Option<EmployeeId>,
    /// Not typed earlier.
    pub from: Option<Timestamp>,
    /// Typed earlier than this.
    pub to: Option<Timestamp>,
    /// Only what was refused.
    pub refused_only: bool,
}

const COLUMNS: &str = "entry.entry_id, entry.captured_at, entry.received_at, entry.site_id, site.name as site_name, site.time_zone,
  entry.device_id, device.name as device_name, entry.method, entry.employee_code, entry.employee_id, employee.code as employee,
  entry.direction, entry.outcome, entry.reason";

const ORDER: &[SortColumn] = &[
    ("entry.captured_at", "timestamptz"),
    ("entry.entry_id", "uuid"),
];

/// Entries, newest first, and their number when `with_count`.
///
/// Errors: [`StoreError::Cursor`](crate::StoreError::Cursor).
pub async fn code_entry_page(
    transaction: &Transaction,
    filter: &CodeEntryFilter,
    page: &Page,
    with_count: bool,
) -> Result<(Paged<CodeEntryRow>, Option<i64>)> {
    const OPERATION: &str = "list code entries";
    let parameters: [&(dyn ToSql + Sync); 6] = [
        &filter.site_id.map(|id| id.0),
        &filter.device_id.map(|id| id.0),
        &filter.employee_id.map(|id| id.0),
        &filter.from,
        &filter.to,
        &filter.refused_only,
    ];
    let listing = Listing {
        operation: OPERATION,
        plan: Plan::Auto,
        columns: COLUMNS,
        from: "attendance.code_entry entry
           join app.site using (organization_id, site_id)
           join app.device using (organization_id, device_id)
           left join app.employee using (organization_id, employee_id)
           where entry.organization_id = app.current_organization_id()
             and ($1::uuid is null or entry.site_id = $1)
             and ($2::uuid is null or entry.device_id = $2)
             and ($3::uuid is null or entry.employee_id = $3)
             and ($4::timestamptz is null or entry.captured_at >= $4)
             and ($5::timestamptz is null or entry.captured_at < $5)
             and (not $6::boolean or entry.outcome = 'refused')",
        order: ORDER,
        is_descending: true,
        parameters: &parameters,
    };
    let paged = listing
        .page(transaction, page, |row| code_entry(OPERATION, row))
        .await?;
    let count = match with_count {
        true => Some(listing.count(transaction).await?),
        false => None,
    };
    Ok((paged, count))
}

fn code_entry(operation: &'static str, row: &Row) -> Result<CodeEntryRow> {
    let employee_id = row.get::<_, Option<Uuid>>("employee_id").map(EmployeeId);
    let typed: Option<String> = row.get("employee_code");
    let reason = match row.get::<_, Option<&str>>("reason") {
        None => None,
        Some(_) => Some(word(row, operation, "reason", CodeRefusal::parse)?),
    };
    Ok(CodeEntryRow {
        entry_id: PunchId(row.get("entry_id")),
        captured_at: row.get("captured_at"),
        received_at: row.get("received_at"),
        site_id: SiteId(row.get("site_id")),
        site_name: row.get("site_name"),
        time_zone: row.get("time_zone"),
        device_id: DeviceId(row.get("device_id")),
        device_name: row.get("device_name"),
        is_badge: row.get::<_, &str>("method") == "badge",
        employee_code: typed.map(|typed| match employee_id {
            Some(_) => typed,
            None => covered(typed),
        }),
        employee_id,
        employee: row.get("employee"),
        direction: row.get("direction"),
        outcome: row.get("outcome"),
        reason,
    })
}

/// A text that may be a PIN, typed where the code belongs, without what makes it one.
fn covered(typed: String) -> String {
    let may_be_pin =
        PIN_DIGITS.contains(&typed.len()) && typed.bytes().all(|digit| digit.is_ascii_digit());
    match may_be_pin {
        true => format!("{}{}", &typed[..2], "•".repeat(typed.len() - 2)),
        false => typed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_in_the_wrong_field_is_covered_and_a_wrong_code_is_not() {
        for (typed, shown) in [
            ("482915", "48••••"),
            ("482915482915", "48••••••••••"),
            ("1042", "1042"),
            ("E-482915", "E-482915"),
            ("४८२९१५", "४८२९१५"),
            ("", ""),
        ] {
            assert_eq!(covered(typed.to_owned()), shown);
        }
    }

    #[test]
    fn every_reason_has_its_word() {
        for reason in CodeRefusal::ALL {
            assert_eq!(CodeRefusal::parse(reason.as_str()), Some(reason));
        }
    }
}
