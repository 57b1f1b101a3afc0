//! PINs and badges of employees. Must not know how codes are compared: only the database does that, and nothing here reads
//! one back.

use jiff::Timestamp;
use rollcall_domain::id::EmployeeId;
use uuid::Uuid;

use crate::database::Transaction;
use crate::error::{Result, StoreError};
use crate::reach::require_employees;

/// Digits of a PIN. Fewer would be guessed at the door in spite of the waits.
pub const PIN_DIGITS: std::ops::RangeInclusive<usize> = 6..=12;
/// Characters of a badge's code.
const BADGE_LENGTH: std::ops::RangeInclusive<usize> = 6..=128;

/// Gives an employee a PIN in place of any earlier one, and ends the wait after wrong ones.
///
/// Errors: [`StoreError::Refused`] for a PIN that is no 6 to 12 digits, or that everybody would try first;
/// [`StoreError::Missing`] for the employee.
pub async fn employee_pin_set(
    transaction: &Transaction,
    employee_id: EmployeeId,
    pin: &str,
) -> Result<()> {
    check_pin(pin)?;
    require_employees(transaction, &[employee_id]).await?;
    let salt: [u8; 16] = rand::random();
    transaction
        .execute(
            "set PIN",
            "insert into app.employee_pin as pin (organization_id, employee_id, salt, pin_sha256)
             values (app.current_organization_id(), $1, $2, app.pin_sha256($2, $3))
             on conflict (organization_id, employee_id) do update
             set salt = $2, pin_sha256 = app.pin_sha256($2, $3), set_at = now(), n_failures = 0, failed_at = null,
               free_at = '-infinity'",
            &[&employee_id.0, &salt.as_slice(), &pin],
        )
        .await
        .map(drop)
}

/// Takes an employee's PIN away; false when there was none.
pub async fn employee_pin_remove(
    transaction: &Transaction,
    employee_id: EmployeeId,
) -> Result<bool> {
    require_employees(transaction, &[employee_id]).await?;
    let sql = "delete from app.employee_pin
               where organization_id = app.current_organization_id() and employee_id = $1";
    let n = transaction
        .execute("remove PIN", sql, &[&employee_id.0])
        .await?;
    Ok(n > 0)
}

/// Gives an employee a badge in place of any earlier one.
///
/// Errors: [`StoreError::Refused`] for a code of fewer than 6 or more than 128 characters; [`StoreError::Taken`] when
/// somebody else has it; [`StoreError::Missing`] for the employee.
pub async fn employee_badge_set(
    transaction: &Transaction,
    employee_id: EmployeeId,
    badge: &str,
) -> Result<()> {
    let badge = badge.trim();
    if !BADGE_LENGTH.contains(&badge.chars().count()) {
        return Err(StoreError::refused(
            "the code of a badge has 6 to 128 characters",
            "read the badge into a text editor to see its code",
        ));
    }
    require_employees(transaction, &[employee_id]).await?;
    transaction
        .execute(
            "set badge",
            "insert into app.employee_badge (organization_id, employee_id, badge_sha256)
             values (app.current_organization_id(), $1, app.badge_sha256(app.current_organization_id(), $2))
             on conflict (organization_id, employee_id) do update
             set badge_sha256 = app.badge_sha256(app.current_organization_id(), $2), set_at = now()",
            &[&employee_id.0, &badge],
        )
        .await
        .map(drop)
        .map_err(|error| match error.constraint() {
            // Of the code nothing is said.
            Some("employee_badge_key") => StoreError::Taken {
                what: "badge",
                name: "this one".to_owned(),
            },
            _ => error,
        })
}

/// Takes an employee's badge away; false when there was none.
pub async fn employee_badge_remove(
    transaction: &Transaction,
    employee_id: EmployeeId,
) -> Result<bool> {
    require_employees(transaction, &[employee_id]).await?;
    let sql = "delete from app.employee_badge
               where organization_id = app.current_organization_id() and employee_id = $1";
    let n = transaction
        .execute("remove badge", sql, &[&employee_id.0])
        .await?;
    Ok(n > 0)
}

fn check_pin(pin: &str) -> Result<()> {
    let digits = pin.as_bytes();
    if !PIN_DIGITS.contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return Err(StoreError::refused(
            "a PIN is 6 to 12 digits",
            "leave it out, and one is made",
        ));
    }
    if is_obvious(digits) {
        return Err(StoreError::refused(
            "this PIN is one that everybody tries first",
            "leave it out, and one is made",
        ));
    }
    Ok(())
}

/// All digits alike, or each one more or one less than the one before.
fn is_obvious(digits: &[u8]) -> bool {
    let steps = digits
        .windows(2)
        .map(|pair| i16::from(pair[1]) - i16::from(pair[0]));
    let mut steps = steps.peekable();
    let first = steps.peek().copied();
    matches!(first, Some(-1..=1)) && steps.all(|step| Some(step) == first)
}

/// A PIN of six digits that nobody guesses first.
pub fn random_pin() -> String {
    loop {
        let pin = format!("{:06}", rand::random_range(0..1_000_000));
        if !is_obvious(pin.as_bytes()) {
            return pin;
        }
    }
}

/// What an employee can punch with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmployeeCodes {
    /// Who.
    pub employee_id: EmployeeId,
    /// Since when there is a PIN; none without one.
    pub pin_set_at: Option<Timestamp>,
    /// Until when no PIN is tried, after too many wrong ones.
    pub pin_locked_until: Option<Timestamp>,
    /// Since when there is a badge; none without one.
    pub badge_set_at: Option<Timestamp>,
}

/// PINs and badges of employees, without what they are; employees without any are missing.
pub async fn employee_codes_by_ids(
    transaction: &Transaction,
    employee_ids: &[EmployeeId],
) -> Result<Vec<EmployeeCodes>> {
    let ids: Vec<Uuid> = employee_ids.iter().map(|id| id.0).collect();
    let rows = transaction
        .query(
            "find PINs and badges",
            "select employee_id, pin.set_at as pin_set_at, badge.set_at as badge_set_at,
               case when pin.free_at > now() then pin.free_at end as pin_locked_until
             from (select organization_id, employee_id, set_at, free_at
                   from app.employee_pin
                   where organization_id = app.current_organization_id() and employee_id = any ($1)) as pin
             full join (select organization_id, employee_id, set_at
                        from app.employee_badge
                        where organization_id = app.current_organization_id() and employee_id = any ($1)) as badge
               using (organization_id, employee_id)",
            &[&ids],
        )
        .await?;
    let codes = rows.iter().map(|row| EmployeeCodes {
        employee_id: EmployeeId(row.get("employee_id")),
        pin_set_at: row.get("pin_set_at"),
        pin_locked_until: row.get("pin_locked_until"),
        badge_set_at: row.get("badge_set_at"),
    });
    Ok(codes.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_six_digits_or_more_and_not_the_first_that_come_to_mind() {
        for (pin, is_good) in [
            ("482915", true),
            ("112233", true),
            ("123457", true),
            ("000000", false),
            ("123456", false),
            ("98765432", false),
            ("48291", false),
            ("4829151234567", false),
            ("48291a", false),
            ("४८२९१५", false),
            ("", false),
        ] {
            assert_eq!(check_pin(pin).is_ok(), is_good, "{pin}");
        }
        for _ in 0..100 {
            check_pin(&random_pin()).unwrap();
        }
    }
}
