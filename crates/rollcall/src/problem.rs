//! What a violated constraint means to the person at the command line.

use rollcall_store::StoreError;

/// Constraint name and what to tell. The names are part of the schema (see `migrations/`).
const MEANINGS: &[(&str, &str)] = &[
    ("site_name_key", "a site of this name exists already"),
    (
        "site_name_check",
        "the site's name is blank or longer than 200 characters",
    ),
    (
        "employee_code_key",
        "an employee with this personnel number exists already",
    ),
    (
        "employee_code_check",
        "the personnel number is blank or longer than 64 characters",
    ),
    (
        "employee_display_name_check",
        "the employee's name is blank or longer than 200 characters",
    ),
    ("employee_site_pkey", "a site is named twice"),
    ("device_name_key", "a device of this name exists already"),
    (
        "organization_name_check",
        "the organisation's name is blank or longer than 200 characters",
    ),
    (
        "user_account_email_key",
        "a user with this e-mail exists already; `rollcall user list` shows deactivated ones too",
    ),
    ("user_account_email_check", "this is not an e-mail address"),
    (
        "employee_left_check",
        "the last day of employment lies before the first",
    ),
    (
        "shift_name_check",
        "the shift's name is blank or longer than 100 characters",
    ),
    (
        "roster_employee_valid_key",
        "an employee would have two rosters on one date: somebody else assigned one at the same moment",
    ),
    (
        "roster_cycle_check",
        "the cycle of a roster has 1 to 366 days",
    ),
    (
        "rule_set_name_check",
        "the name of the rule set is blank or longer than 100 characters",
    ),
    (
        "rule_set_name_key",
        "a rule set of this name exists already",
    ),
    (
        "holiday_site_date_key",
        "there is a holiday on this date already",
    ),
    (
        "holiday_name_check",
        "the holiday's name is blank or longer than 100 characters",
    ),
    (
        "leave_dates_check",
        "leave must run forwards and last ten years at most",
    ),
    (
        "leave_kind_check",
        "the kind of leave is blank or longer than 50 characters",
    ),
    (
        "leave_note_check",
        "the remark is longer than 1000 characters",
    ),
];

/// The meaning of a constraint that was violated somewhere below `error`.
pub fn meaning(error: &anyhow::Error) -> Option<&'static str> {
    let constraint = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<StoreError>()?.constraint())?;
    MEANINGS
        .iter()
        .find(|(name, _)| *name == constraint)
        .map(|(_, meaning)| *meaning)
}
