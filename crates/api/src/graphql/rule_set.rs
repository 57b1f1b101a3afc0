//! Rule sets with their versions, to be read. Must not know what a rule does.

use async_graphql::{Context, ID, Object, SimpleObject};
use rollcall_store::rule_set as store;

use super::id::{self, Kind};
use super::rules::AttendanceRules;
use super::scalar::Date;
use super::site::Site;
use super::{punch, viewer};
use crate::failure::Failure;

/// How time is counted at a site, or in the organisation where a site has no rule set of its own.
pub struct RuleSet(Vec<rollcall_domain::RuleSetVersion>);

/// How time is counted at a site, or in the organisation where a site has no rule set of its own.
#[Object]
impl RuleSet {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::RuleSet, self.0[0].rule_set_id)
    }

    /// Name for people.
    async fn name(&self) -> &str {
        &self.0[0].name
    }

    /// The site; null for the whole organisation.
    async fn site(&self, context: &Context<'_>) -> Result<Option<Site>, Failure> {
        match self.0[0].site_id {
            Some(site_id) => punch::site(context, site_id).await.map(Some),
            None => Ok(None),
        }
    }

    /// Its versions, oldest first. The newest of those valid on a date holds.
    #[graphql(complexity = "1 + 4 * child_complexity")]
    async fn versions(&self) -> Vec<RuleSetVersion> {
        let versions = self.0.iter();
        versions
            .map(|version| RuleSetVersion {
                version: version.version,
                valid_from: Date(version.valid_from),
                rules: AttendanceRules::from(&version.rules),
            })
            .collect()
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

#[derive(Default)]
pub struct RuleSetQuery;

#[Object]
impl RuleSetQuery {
    /// Rule sets in the order in which they were made. Where none holds, the built-in rules do. Every
    /// role may read them.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn rule_sets(&self, context: &Context<'_>) -> Result<Vec<RuleSet>, Failure> {
        let transaction = viewer(context)?.begin().await?;
        let versions = store::rule_set_versions(&transaction).await?;
        transaction.commit().await?;
        Ok(versions
            .chunk_by(|a, b| a.rule_set_id == b.rule_set_id)
            .map(|of_set| RuleSet(of_set.to_vec()))
            .collect())
    }
}
