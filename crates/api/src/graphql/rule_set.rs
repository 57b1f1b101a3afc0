//! Rule sets with their versions, to be read. Must not know what a rule does.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use rollcall_domain::id::RuleSetId;
use rollcall_store::rule_set as store;

use super::id::{self, Kind};
use super::loader::VersionsOf;
use super::page::{self, Connection, PageRequest};
use super::rules::AttendanceRules;
use super::scalar::Date;
use super::site::Site;
use super::{loader, punch, viewer};
use crate::failure::Failure;

/// How time is counted at a site, or in the organisation where a site has no rule set of its own.
pub struct RuleSet(pub(super) store::RuleSet);

/// How time is counted at a site, or in the organisation where a site has no rule set of its own.
#[Object]
impl RuleSet {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::RuleSet, self.0.rule_set_id)
    }

    /// Name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The site; null for the whole organisation.
    async fn site(&self, context: &Context<'_>) -> Result<Option<Site>, Failure> {
        match self.0.site_id {
            Some(site_id) => punch::site(context, site_id).await.map(Some),
            None => Ok(None),
        }
    }

    /// Its versions, oldest first. The newest of those valid on a date holds.
    #[graphql(complexity = "1 + 4 * child_complexity")]
    async fn versions(&self, context: &Context<'_>) -> Result<Vec<RuleSetVersion>, Failure> {
        let versions = loader(context)?
            .load_one(VersionsOf(self.0.rule_set_id))
            .await?
            .unwrap_or_default();
        Ok(versions
            .iter()
            .map(|version| RuleSetVersion {
                version: version.version,
                valid_from: Date(version.valid_from),
                rules: AttendanceRules::from(&version.rules),
            })
            .collect())
    }
}

/// A version of a rule set; written once.
#[derive(SimpleObject)]
pub struct RuleSetVersion {
    /// Counts from 1.
    version: i32,
    /// First date on which it holds.
    valid_from: Date,
    /// All rules.
    rules: AttendanceRules,
}

/// Which rule sets.
#[derive(InputObject, Default)]
pub struct RuleSetFilter {
    /// Only that of this site and that of the whole organisation.
    site_id: Option<ID>,
}

#[derive(Default)]
pub struct RuleSetQuery;

#[Object]
impl RuleSetQuery {
    /// Rule sets by name. Where none holds, the built-in rules do.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    async fn rule_sets(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which; all when absent.")] filter: Option<RuleSetFilter>,
    ) -> Result<Connection<RuleSet>, Failure> {
        let request = PageRequest::new("ruleSets", (first, after), (last, before))?;
        let site_id = filter.unwrap_or_default().site_id;
        let site_id = id::argument(Kind::Site, "siteId", site_id.as_ref())?;
        let wants_total = page::wants_total(context);
        let transaction = viewer(context)?.reading().await?;
        let (paged, total) =
            store::rule_set_page(&transaction, site_id, request.page(), wants_total).await?;
        transaction.commit().await?;
        Ok(request.connection(paged, total, RuleSet))
    }

    /// One rule set; null when there is no such.
    async fn rule_set(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which.")] id: ID,
    ) -> Result<Option<RuleSet>, Failure> {
        let Some(rule_set_id) = id::decode(Kind::RuleSet, &id).map(RuleSetId) else {
            return Ok(None);
        };
        let transaction = viewer(context)?.reading().await?;
        let found = store::rule_set_find(&transaction, rule_set_id).await?;
        transaction.commit().await?;
        Ok(found.map(RuleSet))
    }
}
