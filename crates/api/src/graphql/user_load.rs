//! Batched look-ups of users and what belongs to them.

use std::collections::HashMap;

use rollcall_domain::id::{SiteId, UserId};
use rollcall_store::{site, user};

use super::loader::Loader;
use crate::failure::Failure;

/// Key: listed sites of a user.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SitesOfUser(pub UserId);

/// Key: there for users with a second factor only.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct HasTotp(pub UserId);

impl async_graphql::dataloader::Loader<UserId> for Loader {
    type Value = user::User;
    type Error = Failure;

    async fn load(&self, keys: &[UserId]) -> Result<HashMap<UserId, user::User>, Failure> {
        let transaction = self.0.reading().await?;
        let rows = user::user_by_ids(&transaction, keys).await?;
        transaction.commit().await?;
        Ok(rows.into_iter().map(|row| (row.user_id, row)).collect())
    }
}

impl async_graphql::dataloader::Loader<SitesOfUser> for Loader {
    type Value = Vec<site::Site>;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[SitesOfUser],
    ) -> Result<HashMap<SitesOfUser, Vec<site::Site>>, Failure> {
        let ids: Vec<UserId> = keys.iter().map(|SitesOfUser(id)| *id).collect();
        let transaction = self.0.reading().await?;
        let pairs = user::user_sites(&transaction, &ids).await?;
        let site_ids: Vec<SiteId> = pairs.iter().map(|(_, site_id)| *site_id).collect();
        let sites = site::site_by_ids(&transaction, &site_ids).await?;
        transaction.commit().await?;
        let sites: HashMap<SiteId, site::Site> =
            sites.into_iter().map(|site| (site.site_id, site)).collect();
        let mut found: HashMap<SitesOfUser, Vec<site::Site>> = HashMap::new();
        for (user_id, site_id) in pairs {
            if let Some(site) = sites.get(&site_id) {
                found
                    .entry(SitesOfUser(user_id))
                    .or_default()
                    .push(site.clone());
            }
        }
        Ok(found)
    }
}

impl async_graphql::dataloader::Loader<HasTotp> for Loader {
    type Value = ();
    type Error = Failure;

    async fn load(&self, keys: &[HasTotp]) -> Result<HashMap<HasTotp, ()>, Failure> {
        let ids: Vec<UserId> = keys.iter().map(|HasTotp(id)| *id).collect();
        let transaction = self.0.reading().await?;
        let with = user::user_with_totp(&transaction, &ids).await?;
        transaction.commit().await?;
        Ok(with.into_iter().map(|id| (HasTotp(id), ())).collect())
    }
}
