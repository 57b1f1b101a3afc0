//! What a violated constraint means to the person at the command line.

use rollcall_store::StoreError;

/// Constraint name and what to tell. The names are part of the schema (see `migrations/`).
const MEANINGS: [(&str, &str); 10] = [
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
        "camera_name_key",
        "two cameras of the device have the same name",
    ),
    (
        "organization_name_check",
        "the organisation's name is blank or longer than 200 characters",
    ),
    ("user_account_email_check", "this is not an e-mail address"),
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
