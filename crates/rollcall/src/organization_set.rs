//! `rollcall organization set`: rules that hold for a whole organisation. Thin: calls of the store.

use clap::{Args, ValueEnum};
use rollcall_store::correction;

use crate::provision::{InOrganization, Opened};

/// What to set.
#[derive(Args)]
pub struct OrganizationSet {
    /// Whether nobody may approve a correction that they requested themselves.
    #[arg(long, value_enum, required = true)]
    four_eyes: Option<Switch>,
    #[command(flatten)]
    organization: InOrganization,
}

/// On or off.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    /// Two people per correction.
    On,
    /// One is enough.
    Off,
}

impl OrganizationSet {
    /// Sets it.
    pub async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        let organization_id = opened.organization(&self.organization).await?;
        if let Some(switch) = self.four_eyes {
            let is_on = switch == Switch::On;
            correction::organization_set_four_eyes(&opened.admin, organization_id, is_on).await?;
            if is_on {
                outln!("corrections need four eyes: say who you are with `--as`");
            } else {
                outln!("corrections need one person");
            }
        }
        Ok(())
    }
}
