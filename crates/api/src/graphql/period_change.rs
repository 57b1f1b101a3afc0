//! Opening, reviewing and closing periods. A closed one stays closed.

use async_graphql::{Context, ID, InputObject, Object};
use rollcall_domain::id::PeriodId;
use rollcall_store::StoreError;
use rollcall_store::audit::Event;
use rollcall_store::period::{self as store, PeriodRefusal, Unresolved};
use serde_json::{Value, json};

use super::id::{self, Kind};
use super::period::Period;
use super::plan_problem::{missing, plan_problem};
use super::problem::{Problem, ProblemCode, payload};
use super::scalar::Date;
use super::viewer;
use crate::failure::Failure;

/// A period to be opened.
#[derive(InputObject)]
pub struct PeriodOpenInput {
    /// First work date.
    from: Date,
    /// Last work date, inclusive; at most 366 days from the first.
    to: Date,
}

/// A period to be reviewed.
#[derive(InputObject)]
pub struct PeriodReviewInput {
    /// The period.
    period_id: ID,
}

/// A period to be closed.
#[derive(InputObject)]
pub struct PeriodCloseInput {
    /// The period.
    period_id: ID,
}

payload! {
    /// What became of a period.
    PeriodPayload {
        /// The period as it is now; null when refused.
        period: Period
    }
}

#[derive(Default)]
pub struct PeriodMutation;

#[Object]
impl PeriodMutation {
    /// Opens a period. Adjustments that waited for one move into it when it is the earliest that can take them.
    async fn period_open(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its work dates.")] input: PeriodOpenInput,
    ) -> Result<PeriodPayload, Failure> {
        let viewer = viewer(context)?;
        let change = viewer.change().await?;
        let scope = viewer.scope();
        let period = match store::period_open(&change, &scope, input.from.0, input.to.0).await {
            Ok(period) => period,
            // The transaction is dropped, so nothing was written.
            Err(error) => return Ok(PeriodPayload::refused(problems(error)?)),
        };
        let event = Event::new("period.open", "period")
            .of(period.period_id)
            .after(said(&period));
        change.commit(&event).await?;
        Ok(PeriodPayload::done(Period(period)))
    }

    /// Begins the review of an open period; `periodUnresolved` says what is left to do. Days still change.
    async fn period_review(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The period.")] input: PeriodReviewInput,
    ) -> Result<PeriodPayload, Failure> {
        let viewer = viewer(context)?;
        let Some(period_id) = id::decode(Kind::Period, &input.period_id).map(PeriodId) else {
            return Ok(PeriodPayload::refused(vec![missing("period")]));
        };
        let change = viewer.change().await?;
        let period = match store::period_review(&change, &viewer.scope(), period_id).await {
            Ok((period, _)) => period,
            Err(error) => return Ok(PeriodPayload::refused(problems(error)?)),
        };
        let event = Event::new("period.review", "period")
            .of(period_id)
            .after(said(&period));
        change.commit(&event).await?;
        Ok(PeriodPayload::done(Period(period)))
    }

    /// Closes a period in review for good. Refused while something is left to do: each thing is a problem.
    async fn period_close(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The period.")] input: PeriodCloseInput,
    ) -> Result<PeriodPayload, Failure> {
        let viewer = viewer(context)?;
        let Some(period_id) = id::decode(Kind::Period, &input.period_id).map(PeriodId) else {
            return Ok(PeriodPayload::refused(vec![missing("period")]));
        };
        let change = viewer.change().await?;
        let period = match store::period_close(&change, &viewer.scope(), period_id).await {
            Ok(period) => period,
            Err(error) => return Ok(PeriodPayload::refused(problems(error)?)),
        };
        let event = Event::new("period.close", "period")
            .of(period_id)
            .after(said(&period));
        change.commit(&event).await?;
        Ok(PeriodPayload::done(Period(period)))
    }
}

fn said(period: &store::Period) -> Value {
    json!({ "from": period.first, "to": period.last, "state": period.state.as_str() })
}

fn problems(error: StoreError) -> Result<Vec<Problem>, Failure> {
    let StoreError::Period(refusal) = error else {
        return Ok(vec![plan_problem(error)?]);
    };
    Ok(match *refusal {
        PeriodRefusal::Unresolved { unresolved, .. } => unresolved_problems(&unresolved),
        PeriodRefusal::Closed { .. } => vec![Problem::new(
            "periodId",
            ProblemCode::PeriodClosed,
            "this period is closed for good\nhint: what comes later becomes an adjustment of the next open period"
                .to_owned(),
        )],
        refusal => vec![plan_problem(StoreError::from(refusal))?],
    })
}

/// One problem for each kind of thing that is left to do.
fn unresolved_problems(unresolved: &Unresolved) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut add = |message: String| {
        found.push(Problem::general(ProblemCode::PeriodUnresolved, message));
    };
    let counts = [
        (
            unresolved.n_exceptions,
            "exceptions are neither resolved nor waived\nhint: `exceptions` lists them",
        ),
        (
            unresolved.n_corrections,
            "corrections wait for a decision\nhint: `corrections` lists them",
        ),
        (
            unresolved.n_open_days,
            "days have an open session\nhint: wait for the way out, or for the end of the longest session",
        ),
        (
            unresolved.n_due_days,
            "days will still change by themselves\nhint: wait until their shifts and sessions are over",
        ),
        (
            unresolved.n_underived,
            "employees have days that are being derived\nhint: try again in a moment",
        ),
    ];
    for (n, what) in counts {
        if n > 0 {
            add(format!("{n} {what}"));
        }
    }
    if let Some(date) = unresolved.not_over {
        add(format!("{date} is not over at every site"));
    } else if let Some(date) = unresolved.not_begun {
        add(format!(
            "the days from {date} on do not exist yet\nhint: is the worker running?"
        ));
    }
    found
}
