//! The connection pool and transactions that carry the organisation they work for.
//! Must not know any table.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use rollcall_domain::id::{OrganizationId, TokenId, UserId};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, NoTls, Row};
use tracing::{Instrument as _, Span};
use uuid::Uuid;

use crate::error::{Op, Result, StoreError};
use crate::statistics::Statistics;

/// Target of the spans that are exported as traces and never logged.
pub const TRACE: &str = "rollcall_trace";

/// For whom a transaction works. Row-level security shows it this organisation and nothing else, and of
/// it what the acting user may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The acting user; none for work that no user asked for, which sees the whole organisation.
    pub user_id: Option<UserId>,
    /// The API token by which the user acts; none in a session.
    pub token_id: Option<TokenId>,
}

impl Scope {
    /// Scope of background work for one organisation.
    pub fn organization(organization_id: OrganizationId) -> Self {
        Self {
            organization_id,
            user_id: None,
            token_id: None,
        }
    }
}

/// A pool of connections of one database role. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    pool: Pool,
    target: String,
    statistics: Arc<Statistics>,
}

/// How much of the pool is in use.
#[derive(Clone, Copy, Debug)]
pub struct PoolStatus {
    /// Connections that it may open.
    pub max_connections: usize,
    /// Connections at work.
    pub n_in_use: usize,
    /// Callers that wait for one.
    pub n_waiting: usize,
}

impl Database {
    /// Makes a pool of at most `max_connections`; connects lazily.
    ///
    /// Errors: [`StoreError::Url`] when `url` is not a PostgreSQL connection string.
    pub fn new(url: &str, max_connections: usize) -> Result<Self> {
        Self::with_statement_timeout(url, max_connections, None)
    }

    /// As [`new`](Self::new); the server ends statements that run longer than `timeout`
    /// ([`StoreError::is_timeout`]).
    pub fn with_statement_timeout(
        url: &str,
        max_connections: usize,
        timeout: Option<Duration>,
    ) -> Result<Self> {
        let mut config: Config = url.parse().map_err(|source| StoreError::Url {
            url: without_password(url),
            source,
        })?;
        let target = target(&config);
        if let Some(timeout) = timeout {
            let given = config.get_options().unwrap_or_default();
            let options = format!("{given} -c statement_timeout={}", timeout.as_millis());
            config.options(options.trim());
        }
        let manager = Manager::from_config(
            config,
            NoTls,
            ManagerConfig {
                recycling_method: RecyclingMethod::Fast,
            },
        );
        let pool = Pool::builder(manager)
            .max_size(max_connections)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(Duration::from_secs(10)))
            .create_timeout(Some(Duration::from_secs(10)))
            .build()
            .expect("a pool with a runtime always builds");
        Ok(Self {
            pool,
            target,
            statistics: Arc::default(),
        })
    }

    /// The same pool, counting into `statistics`.
    pub fn counted(&self, statistics: Arc<Statistics>) -> Self {
        Self {
            statistics,
            ..self.clone()
        }
    }

    /// How much of the pool is in use.
    pub fn pool_status(&self) -> PoolStatus {
        let status = self.pool.status();
        PoolStatus {
            max_connections: status.max_size,
            n_in_use: status.size.saturating_sub(status.available),
            n_waiting: status.waiting,
        }
    }

    /// Host, port and database name, for messages.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// One connection of the pool, for calls outside a scoped transaction.
    pub async fn client(&self) -> Result<Object> {
        self.pool.get().await.map_err(|source| StoreError::Connect {
            target: self.target.clone(),
            source: Box::new(source),
        })
    }

    /// Begins a transaction that sees the rows of `scope` only.
    pub async fn begin(&self, scope: &Scope) -> Result<Transaction> {
        self.begin_with(&format!("begin; {}", enter(scope))).await
    }

    /// As [`begin`](Self::begin), for a transaction that can write nothing and sees one moment throughout.
    pub async fn begin_read_only(&self, scope: &Scope) -> Result<Transaction> {
        self.begin_with(&format!(
            "begin isolation level repeatable read, read only; {}",
            enter(scope)
        ))
        .await
    }

    /// As [`begin`](Self::begin), to read: each statement is a read-only transaction of its own, which is begun and
    /// ended in the statement's round trip. Statements see what was committed before each, as they do by default in a
    /// transaction of PostgreSQL.
    pub async fn reading(&self, scope: &Scope) -> Result<Transaction> {
        let began = Instant::now();
        let client = self.client().await?;
        self.statistics.transaction(began);
        Ok(Transaction {
            client: Some(client),
            statistics: self.statistics.clone(),
            around: Some(Around::new(scope)),
            is_busy: AtomicBool::new(false),
        })
    }

    /// Begins a transaction that sees no tenant's rows (queues and log-in have policies of their own).
    pub async fn begin_unscoped(&self) -> Result<Transaction> {
        self.begin_with("begin").await
    }

    async fn begin_with(&self, begin: &str) -> Result<Transaction> {
        let began = Instant::now();
        let client = self.client().await?;
        client.batch_execute(begin).await.op("begin transaction")?;
        self.statistics.transaction(began);
        Ok(Transaction {
            client: Some(client),
            statistics: self.statistics.clone(),
            around: None,
            is_busy: AtomicBool::new(false),
        })
    }

    /// Closes all connections; later calls fail.
    pub fn close(&self) {
        self.pool.close();
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database")
            .field("target", &self.target)
            .finish()
    }
}

/// A transaction. Dropping it without [`commit`](Self::commit) closes the connection, which rolls back.
pub struct Transaction {
    client: Option<Object>,
    statistics: Arc<Statistics>,
    /// For whom each statement's own transaction works; none when there is one transaction for all of them.
    around: Option<Around>,
    /// Whether a statement is under way.
    is_busy: AtomicBool,
}

/// The parameters of [`ENTER`].
struct Around {
    organization_id: Uuid,
    user: String,
    token: String,
}

impl Around {
    fn new(scope: &Scope) -> Self {
        let user = scope
            .user_id
            .map_or_else(|| "system".to_owned(), |id| id.to_string());
        Self {
            organization_id: scope.organization_id.0,
            user,
            token: scope.token_id.map(|id| id.to_string()).unwrap_or_default(),
        }
    }
}

/// Lets a transaction work for somebody: the settings that row-level security reads.
const ENTER: &str = "select app.enter($1, $2, $3)";

/// How the plan of a statement is made in a transaction of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    /// As PostgreSQL decides: mostly anew for these parameters.
    Auto,
    /// Once a connection, when the best plan is the same whatever the parameters are. The policies make planning cost
    /// more than many a statement itself.
    Generic,
}

impl Transaction {
    fn object(&self) -> &Object {
        self.client
            .as_ref()
            .expect("a transaction holds its connection until it ends")
    }

    /// When the transaction began, by the database's clock.
    pub async fn now(&self) -> Result<jiff::Timestamp> {
        let row = self
            .query_one("read the clock", "select now()", &[])
            .await?;
        Ok(row.get(0))
    }

    /// The connection, for `copy` and other rare calls.
    pub(crate) fn client(&self) -> &tokio_postgres::Client {
        self.object()
    }

    /// Waits for a statement. In a transaction of its own, begin and commit are sent with it, in this order.
    async fn send<T>(
        &self,
        operation: &'static str,
        plan: Plan,
        statement: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, tokio_postgres::Error> {
        // Only of what somebody asked for: workers look for work all the time.
        let span = match Span::current().is_none() {
            true => Span::none(),
            false => tracing::trace_span!(
                target: TRACE,
                "statement",
                otel.name = operation,
                otel.kind = "client",
                db.system.name = "postgresql",
            ),
        };
        self.is_busy.store(true, Ordering::Relaxed);
        // On the heap: this is in every future that asks the database, and these nest deep.
        let work = Box::pin(async {
            match &self.around {
                None => statement.await,
                Some(around) => self.surround(around, plan, statement).await,
            }
        });
        let done = work.instrument(span).await;
        self.is_busy.store(false, Ordering::Relaxed);
        done
    }

    async fn surround<T>(
        &self,
        around: &Around,
        plan: Plan,
        statement: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, tokio_postgres::Error> {
        let object = self.object();
        let enter = object.prepare_cached(ENTER).await?;
        let begin = match plan {
            Plan::Auto => "begin read only",
            Plan::Generic => "begin read only; set local plan_cache_mode = force_generic_plan",
        };
        let parameters: [&(dyn ToSql + Sync); 3] =
            [&around.organization_id, &around.user, &around.token];
        let client = self.client();
        let (begun, entered, done, ended) = tokio::join!(
            biased;
            client.batch_execute(begin),
            client.execute(&enter, &parameters),
            statement,
            client.batch_execute("commit"),
        );
        begun?;
        entered?;
        match ended {
            Err(error) => done.and(Err(error)),
            Ok(()) => done,
        }
    }

    /// Runs a prepared (and cached) statement and returns its rows. `operation` names it in errors.
    pub async fn query(
        &self,
        operation: &'static str,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>> {
        self.query_as(Plan::Auto, operation, sql, parameters).await
    }

    /// As [`query`](Self::query), for rows by their keys: planned once for all of them.
    pub(crate) async fn lookup(
        &self,
        operation: &'static str,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>> {
        self.query_as(Plan::Generic, operation, sql, parameters)
            .await
    }

    pub(crate) async fn query_as(
        &self,
        plan: Plan,
        operation: &'static str,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>> {
        let began = Instant::now();
        let statement = self.object().prepare_cached(sql).await.op(operation)?;
        let rows = self.client().query(&statement, parameters);
        let found = self.send(operation, plan, rows).await;
        self.statistics
            .statement(began, found.as_ref().map_or(0, |rows| rows.len() as u64));
        found.op(operation)
    }

    /// As [`query`](Self::query), for at most one row.
    pub async fn query_opt(
        &self,
        operation: &'static str,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>> {
        let began = Instant::now();
        let statement = self.object().prepare_cached(sql).await.op(operation)?;
        let found = self
            .send(
                operation,
                Plan::Auto,
                self.client().query_opt(&statement, parameters),
            )
            .await;
        self.statistics
            .statement(began, u64::from(matches!(found, Ok(Some(_)))));
        found.op(operation)
    }

    /// As [`query`](Self::query), for exactly one row.
    pub async fn query_one(
        &self,
        operation: &'static str,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Row> {
        let began = Instant::now();
        let statement = self.object().prepare_cached(sql).await.op(operation)?;
        let found = self
            .send(
                operation,
                Plan::Auto,
                self.client().query_one(&statement, parameters),
            )
            .await;
        self.statistics.statement(began, u64::from(found.is_ok()));
        found.op(operation)
    }

    /// Runs a statement and returns the number of rows it touched.
    pub async fn execute(
        &self,
        operation: &'static str,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<u64> {
        let began = Instant::now();
        let statement = self.object().prepare_cached(sql).await.op(operation)?;
        let found = self
            .send(
                operation,
                Plan::Auto,
                self.client().execute(&statement, parameters),
            )
            .await;
        self.statistics
            .statement(began, found.as_ref().map_or(0, |n_rows| *n_rows));
        found.op(operation)
    }

    /// Undoes the changes and returns the connection to the pool.
    pub async fn rollback(mut self) -> Result<()> {
        if self.around.is_some() {
            drop(self.client.take());
            return Ok(());
        }
        let began = Instant::now();
        self.client()
            .batch_execute("rollback")
            .await
            .op("roll back transaction")?;
        self.statistics.time(began);
        drop(self.client.take());
        Ok(())
    }

    /// Makes the changes durable and returns the connection to the pool.
    pub async fn commit(mut self) -> Result<()> {
        if self.around.is_some() {
            drop(self.client.take());
            return Ok(());
        }
        let began = Instant::now();
        self.client()
            .batch_execute("commit")
            .await
            .op("commit transaction")?;
        self.statistics.time(began);
        drop(self.client.take());
        Ok(())
    }
}

/// [`ENTER`] as text, to be sent in one round trip with `begin`. Only ids go into it.
fn enter(scope: &Scope) -> String {
    let Around {
        organization_id,
        user,
        token,
    } = Around::new(scope);
    format!("select app.enter('{organization_id}', '{user}', '{token}')")
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let is_between = self.around.is_some() && !*self.is_busy.get_mut();
        if let Some(client) = self.client.take()
            && !is_between
        {
            // Not committed: give the connection up instead of returning it with an open transaction.
            drop(Object::take(client));
        }
    }
}

/// A connection string without its password, for messages. What is not clearly a URL is not shown at
/// all: with a typing mistake the password may stand anywhere.
pub fn without_password(url: &str) -> String {
    let shown = url.split_once("://").and_then(|(scheme, rest)| {
        let (user_info, host) = rest.rsplit_once('@')?;
        let user = user_info.split(':').next().unwrap_or_default();
        let host = host.split('?').next().unwrap_or_default();
        Some(format!("{scheme}://{user}@{host}"))
    });
    shown.unwrap_or_else(|| "(not shown: it may hold a password)".to_owned())
}

/// Host, port and database name, for messages.
pub(crate) fn target(config: &Config) -> String {
    let host = config.get_hosts().first().map_or_else(
        || "localhost".to_owned(),
        |host| match host {
            tokio_postgres::config::Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            tokio_postgres::config::Host::Unix(path) => path.display().to_string(),
        },
    );
    let port = config.get_ports().first().copied().unwrap_or(5432);
    format!(
        "{host}:{port}/{}",
        config.get_dbname().unwrap_or("(no database name)")
    )
}
