//! Rule sets and their versions: each version is written once and holds from a date on.
//! Must not know what the rules do.

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::id::{RuleSetId, SiteId};
use rollcall_domain::{RuleSetVersion, Rules};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::database::{Plan, Transaction};
use crate::error::{Result, StoreError};
use crate::mark::{Dates, concerned, mark};
use crate::page::{Listing, Page, Paged};
use crate::reach::require_place;
use crate::row;
use crate::rules;

/// A version to be added.
#[derive(Clone, Debug)]
pub struct RuleSetApply<'a> {
    /// Name of the rule set; none for that of the site's (or organisation's) existing rule set.
    pub name: Option<&'a str>,
    /// The site; none for the whole organisation.
    pub site_id: Option<SiteId>,
    /// First date on which the rules hold.
    pub valid_from: Date,
    /// All rules.
    pub rules: &'a Rules,
}

/// What adding a version came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSetApplied {
    /// Name of the rule set.
    pub name: String,
    /// Version that holds from the date on.
    pub version: i32,
    /// The newest version was the same already: nothing was written.
    pub is_unchanged: bool,
    /// Employees whose days were marked.
    pub n_marked: u64,
    /// Versions that held later and do not hold any more.
    pub superseded: Vec<i32>,
}

/// A rule set without its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSet {
    /// Its id.
    pub rule_set_id: RuleSetId,
    /// Name for people, unique in the organisation.
    pub name: String,
    /// The site; none for the whole organisation.
    pub site_id: Option<SiteId>,
}

/// A version as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSetLine {
    /// Name of the rule set.
    pub name: String,
    /// Name of the site; none for the whole organisation.
    pub site: Option<String>,
    /// Counts from 1.
    pub version: i32,
    /// First date on which it holds.
    pub valid_from: Date,
    /// When it was added.
    pub created_at: Timestamp,
    /// All rules.
    pub rules: Rules,
}

/// Adds a version to the rule set of a site or of the organisation, which is made when there is none,
/// and marks the days from its first date on.
///
/// Errors: [`StoreError::Refused`] when the rules are out of bounds, when no name is known, or when the
/// rule set there has another name.
pub async fn rule_set_apply(
    transaction: &Transaction,
    apply: &RuleSetApply<'_>,
) -> Result<RuleSetApplied> {
    // Two people who add a version at once wait for one another.
    transaction
        .execute(
            "lock rule sets",
            "select pg_advisory_xact_lock(hashtextextended('rule sets ' || app.current_organization_id(), 0))",
            &[],
        )
        .await?;
    apply.rules.check().map_err(|problem| {
        StoreError::refused(
            format!("these are no attendance rules: {problem}"),
            "`rollcall rules default` prints all rules with their meaning",
        )
    })?;
    let (rule_set_id, name) = rule_set_put(transaction, apply).await?;
    let versions: Vec<RuleSetVersion> = rule_set_versions(transaction)
        .await?
        .into_iter()
        .filter(|version| version.rule_set_id == rule_set_id)
        .collect();
    let newest = versions.iter().max_by_key(|version| version.version);
    if let Some(newest) = newest
        && newest.valid_from == apply.valid_from
        && newest.rules == *apply.rules
    {
        return Ok(RuleSetApplied {
            name,
            version: newest.version,
            is_unchanged: true,
            n_marked: 0,
            superseded: Vec::new(),
        });
    }
    let version = newest.map_or(1, |newest| newest.version + 1);
    transaction
        .execute(
            "add version of rule set",
            "insert into attendance.rule_set_version (organization_id, rule_set_id, version, valid_from, rules, created_by)
             values (app.current_organization_id(), $1, $2, $3, $4,
                     app.current_user_id())",
            &[
                &rule_set_id.0,
                &version,
                &apply.valid_from,
                &rules::to_json(apply.rules),
            ],
        )
        .await?;
    let employees = concerned(transaction, apply.site_id).await?;
    let n_marked = mark(transaction, &employees, Dates::since(apply.valid_from)).await?;
    Ok(RuleSetApplied {
        name,
        version,
        is_unchanged: false,
        n_marked,
        superseded: versions
            .iter()
            .filter(|older| older.valid_from >= apply.valid_from)
            .map(|older| older.version)
            .collect(),
    })
}

/// As [`rule_set_apply`], where the acting user may.
///
/// Errors: also [`StoreError::Missing`] for a site that is not the user's, [`StoreError::Refused`] for the whole
/// organisation when the user is bound to sites.
pub async fn rule_set_apply_checked(
    transaction: &Transaction,
    apply: &RuleSetApply<'_>,
) -> Result<RuleSetApplied> {
    require_place(transaction, apply.site_id).await?;
    rule_set_apply(transaction, apply).await
}

/// The rule set of a site, or of the whole organisation; none when there is none.
pub async fn rule_set_at(
    transaction: &Transaction,
    site_id: Option<SiteId>,
) -> Result<Option<RuleSet>> {
    let row = transaction
        .query_opt(
            "find rule set",
            "select r.rule_set_id, r.name, r.site_id from attendance.rule_set r
             where r.organization_id = app.current_organization_id() and r.site_id is not distinct from $1",
            &[&site_id.map(|id| id.0)],
        )
        .await?;
    Ok(row.as_ref().map(rule_set))
}

async fn rule_set_put(
    transaction: &Transaction,
    apply: &RuleSetApply<'_>,
) -> Result<(RuleSetId, String)> {
    let site_id = apply.site_id.map(|id| id.0);
    let existing = transaction
        .query_opt(
            "find rule set",
            "select rule_set_id, name from attendance.rule_set
             where organization_id = app.current_organization_id() and site_id is not distinct from $1",
            &[&site_id],
        )
        .await?;
    if let Some(row) = existing {
        let name: String = row.get("name");
        return match apply.name {
            Some(wanted) if wanted != name => Err(StoreError::refused(
                format!(
                    "the rule set here is called `{name}`, not `{wanted}`: there is one for each site and one for the organisation"
                ),
                format!("call it `{name}` in the file, or leave the name out"),
            )),
            _ => Ok((RuleSetId(row.get("rule_set_id")), name)),
        };
    }
    let Some(name) = apply.name else {
        return Err(StoreError::refused(
            "the rule set needs a name",
            "write `name = \"Standard\"` at the top of the file",
        ));
    };
    let inserted = transaction
        .query_one(
            "create rule set",
            "insert into attendance.rule_set (organization_id, name, site_id)
             values (app.current_organization_id(), $1, $2) returning rule_set_id",
            &[&name, &site_id],
        )
        .await;
    match inserted {
        Ok(row) => Ok((RuleSetId(row.get(0)), name.to_owned())),
        Err(error) if error.constraint() == Some("rule_set_name_key") => Err(StoreError::Taken {
            what: "rule set",
            name: name.to_owned(),
        }),
        Err(error) => Err(error),
    }
}

/// A page of rule sets by name, with the length of the list when `wants_total`: of all, or only those of
/// one site and of the whole organisation.
pub async fn rule_set_page(
    transaction: &Transaction,
    site_id: Option<SiteId>,
    page: &Page,
    wants_total: bool,
) -> Result<(Paged<RuleSet>, Option<i64>)> {
    let listing = Listing {
        operation: "list rule sets",
        plan: Plan::Auto,
        columns: "r.rule_set_id, r.name, r.site_id",
        from: "attendance.rule_set r
               where r.organization_id = app.current_organization_id()
                 and ($1::uuid is null or r.site_id is null or r.site_id = $1)",
        order: &[("r.name", "text"), ("r.rule_set_id", "uuid")],
        is_descending: false,
        parameters: &[&site_id.map(|id| id.0)],
    };
    let read = |row: &Row| Ok(rule_set(row));
    listing
        .page_with_total(transaction, page, wants_total, read)
        .await
}

/// One rule set; none when there is no such.
pub async fn rule_set_find(
    transaction: &Transaction,
    rule_set_id: RuleSetId,
) -> Result<Option<RuleSet>> {
    let row = transaction
        .query_opt(
            "find rule set",
            "select r.rule_set_id, r.name, r.site_id from attendance.rule_set r
             where r.organization_id = app.current_organization_id() and r.rule_set_id = $1",
            &[&rule_set_id.0],
        )
        .await?;
    Ok(row.as_ref().map(rule_set))
}

fn rule_set(row: &Row) -> RuleSet {
    RuleSet {
        rule_set_id: RuleSetId(row.get("rule_set_id")),
        name: row.get("name"),
        site_id: row.get::<_, Option<Uuid>>("site_id").map(SiteId),
    }
}

/// Every version of every rule set, in the order of (rule set, version).
pub async fn rule_set_versions(transaction: &Transaction) -> Result<Vec<RuleSetVersion>> {
    rows(transaction, None).await?.iter().map(version).collect()
}

/// Every version of these rule sets, in the order of (rule set, version).
pub async fn rule_set_versions_of(
    transaction: &Transaction,
    rule_set_ids: &[RuleSetId],
) -> Result<Vec<RuleSetVersion>> {
    let rows = rows(transaction, Some(rule_set_ids)).await?;
    rows.iter().map(version).collect()
}

fn version(row: &Row) -> Result<RuleSetVersion> {
    Ok(RuleSetVersion {
        rule_set_id: RuleSetId(row.get("rule_set_id")),
        name: row.get("name"),
        site_id: row.get::<_, Option<Uuid>>("site_id").map(SiteId),
        version: row.get("version"),
        valid_from: row::date(row, "read rule sets", "valid_from")?,
        rules: rules::from_json(&row.get("rules"))?,
    })
}

async fn rows(transaction: &Transaction, rule_set_ids: Option<&[RuleSetId]>) -> Result<Vec<Row>> {
    let rule_set_ids: Option<Vec<Uuid>> =
        rule_set_ids.map(|ids| ids.iter().map(|id| id.0).collect());
    transaction
        .query(
            "read rule sets",
            "select v.rule_set_id, r.name, r.site_id, s.name as site, v.version, v.valid_from, v.created_at, v.rules
             from attendance.rule_set r
             join attendance.rule_set_version v using (organization_id, rule_set_id)
             left join app.site s on s.organization_id = r.organization_id and s.site_id = r.site_id
             where r.organization_id = app.current_organization_id()
               and ($1::uuid[] is null or r.rule_set_id = any ($1))
             order by v.rule_set_id, v.version",
            &[&rule_set_ids],
        )
        .await
}

/// Every version: the organisation's first, then by name of the site.
pub async fn rule_set_list(transaction: &Transaction) -> Result<Vec<RuleSetLine>> {
    let mut lines = rows(transaction, None)
        .await?
        .iter()
        .map(|row| {
            Ok(RuleSetLine {
                name: row.get("name"),
                site: row.get("site"),
                version: row.get("version"),
                valid_from: row::date(row, "read rule sets", "valid_from")?,
                created_at: row.get("created_at"),
                rules: rules::from_json(&row.get("rules"))?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    lines.sort_by(|a, b| (&a.site, a.version).cmp(&(&b.site, b.version)));
    Ok(lines)
}
