//! Who acts on the command line, and for which organisation. Must not know what they do.

use anyhow::Context;
use clap::Args;
use rollcall_store::database::{Scope, Transaction};
use rollcall_store::user;

use crate::provision::{InOrganization, Opened};

/// Who acts. Whoever can run this program can act for anybody: the name is a record, not a check.
#[derive(Args)]
pub struct Acting {
    /// E-mail of the user who does this; recorded with it.
    #[arg(long = "as", value_name = "EMAIL")]
    user: Option<String>,
    #[command(flatten)]
    organization: InOrganization,
}

impl Acting {
    /// Organisation and user.
    pub async fn scope(&self, opened: &Opened) -> anyhow::Result<Scope> {
        let organization_id = opened.organization(&self.organization).await?;
        let mut scope = Scope::organization(organization_id);
        if let Some(email) = &self.user {
            let database = opened.instance.api()?;
            let user_id = user::user_find(&database, &scope, email)
                .await
                .context("`--as` names a user of this organisation by e-mail")?;
            scope.user_id = Some(user_id);
        }
        Ok(scope)
    }

    /// A transaction of the scope.
    pub async fn begin(&self, opened: &Opened) -> anyhow::Result<(Scope, Transaction)> {
        let scope = self.scope(opened).await?;
        let transaction = opened.instance.api()?.begin(&scope).await?;
        Ok((scope, transaction))
    }
}
