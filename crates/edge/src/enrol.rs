//! `rollcall-edge enrol`: exchanges a one-time code for this box's own log-in and writes its files. The password is made
//! here and never leaves the box; the hub gets its verifier. Must not know cameras' pictures or sightings.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest_tls::StatusCode;
use rollcall_store::device::password_verifier;
use rollcall_store::device_enrolment::{EnrolmentAnswer, EnrolmentRequest};
use rollcall_store::device_link::Trust;
use rustls::ClientConfig;
use serde_json::json;
use tracing::warn;
use url::Url;

use crate::config::{Tls, database_of};
use crate::error::EdgeError;
use crate::hub_link::new_password;
use crate::pinned;
use crate::secret_file;
use crate::spool::SpoolKey;
use crate::uplink::chain;

/// Longest wait for one answer.
const ANSWER: Duration = Duration::from_secs(20);
/// Attempts before the network is given up.
const N_ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_secs(2);

/// What a box brings to its enrolment.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// The hub, for example `https://hub.example.org:8443`.
    pub hub: Url,
    /// The configuration file to write; the other files get its name with other endings.
    pub config: PathBuf,
    /// Folder for the other files, whose owner they will belong to; that of the configuration when absent.
    pub state: Option<PathBuf>,
    /// Who may vouch for the hub; none: whom the system trusts.
    pub authority: Option<Authority>,
}

/// Who may vouch for the hub.
#[derive(Clone, Debug)]
pub enum Authority {
    /// Those in a PEM file.
    File(PathBuf),
    /// The one whose certificate has this SHA-256, 64 hexadecimal digits.
    Sha256(String),
}

/// What became of an enrolment.
#[derive(Debug)]
pub struct Enrolled {
    /// What the hub said.
    pub answer: EnrolmentAnswer,
    /// Whether the configuration was written; false when there was one of this device already.
    pub is_new: bool,
    /// Cameras whose source the installer must write into it.
    pub without_source: Vec<String>,
}

/// Exchanges the code and writes the files.
///
/// Errors: [`EdgeError::Enrolment`], before anything is written.
pub async fn enrol(enrolment: &Enrolment, code: &str) -> Result<Enrolled, EdgeError> {
    let refused = |problem: String| EdgeError::Enrolment { problem };
    let path = &enrolment.config;
    let known = match path.exists() {
        true => Some(database_of(path)?),
        false => None,
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(refused(format!(
            "there is no folder `{}`",
            folder.display()
        )));
    }
    let base = enrolment.base();
    // Before the code is used: a folder that cannot be written to shall not cost it.
    SpoolKey::open(&base.with_extension("key"))?;
    let password =
        new_password().ok_or_else(|| refused("the system gives no random bytes".to_owned()))?;
    let next = base.with_extension("password.new");
    let write = |path: &Path, text: &str| {
        secret_file::write(path, text)
            .map_err(|error| refused(format!("cannot write `{}`: {error}", path.display())))
    };
    write(&next, &password)?;
    let request = EnrolmentRequest {
        code: code.to_owned(),
        verifier: password_verifier(&password),
    };
    let answer = match exchange(enrolment, &request).await {
        Ok(answer) => answer,
        Err(error) => {
            // Worth nothing to anybody.
            let _ = std::fs::remove_file(&next);
            return Err(error);
        }
    };
    if let Some(known) = &known
        && known.user != answer.user
    {
        let _ = std::fs::remove_file(&next);
        return Err(refused(format!(
            "`{}` belongs to another device, and the code is of `{}`\nhint: choose another file with `--config`, and get another code for it",
            path.display(),
            answer.device
        )));
    }
    let password_file = match &known {
        Some(known) => known.password_file.clone(),
        None => base.with_extension("password"),
    };
    if let Some(pem) = &answer.database.authority {
        let authority = known.as_ref().and_then(|known| known.ca_file.clone());
        write(
            &authority.unwrap_or_else(|| base.with_extension("ca.pem")),
            pem.trim_end(),
        )?;
    }
    std::fs::rename(&next, &password_file).map_err(|error| {
        refused(format!(
            "cannot write `{}`: {error}",
            password_file.display()
        ))
    })?;
    let is_new = known.is_none();
    if is_new {
        write(path, configuration(enrolment, &answer).trim_end())?;
    }
    if let Some(state) = &enrolment.state {
        let files = ["key", "password", "ca.pem"].map(|ending| base.with_extension(ending));
        for file in files.iter().chain([path]).filter(|file| file.exists()) {
            give(file, state).map_err(|error| {
                refused(format!(
                    "cannot give `{}` to its user: {error}",
                    file.display()
                ))
            })?;
        }
    }
    let cameras = answer.cameras.iter();
    let without_source = cameras.filter(|camera| is_new && camera.source.is_none());
    Ok(Enrolled {
        without_source: without_source.map(|camera| camera.name.clone()).collect(),
        answer,
        is_new,
    })
}

async fn exchange(
    enrolment: &Enrolment,
    request: &EnrolmentRequest,
) -> Result<EnrolmentAnswer, EdgeError> {
    let refused = |problem: String| EdgeError::Enrolment { problem };
    let client = reqwest_tls::Client::builder()
        .use_preconfigured_tls(tls(enrolment)?)
        .timeout(ANSWER)
        .no_proxy()
        .redirect(reqwest_tls::redirect::Policy::none())
        .build()
        .map_err(|error| refused(format!("cannot speak HTTP: {}", chain(&error))))?;
    let url = enrolment
        .hub
        .join("/device/enrolment")
        .map_err(|error| refused(format!("`{}` is not an address: {error}", enrolment.hub)))?;
    let body = serde_json::to_vec(request)
        .map_err(|error| refused(format!("the request cannot be written: {error}")))?;
    let mut attempt = 1;
    let (status, text) = loop {
        let sent = client
            .post(url.clone())
            .header("content-type", "application/json")
            .body(body.clone());
        let failure = match sent.send().await {
            Ok(response) => {
                let status = response.status();
                match response.text().await {
                    Ok(text) => break (status, text),
                    Err(failure) => failure,
                }
            }
            Err(failure) => failure,
        };
        let reason = chain(&failure.without_url());
        if attempt == N_ATTEMPTS || reason.contains("certificate") {
            let hint = match reason.contains("certificate") {
                true => {
                    "use the whole command that `rollcall device create` printed: it says whom to trust; and check this machine's clock"
                }
                false => "does the hub run, at an address that this box can reach?",
            };
            return Err(refused(format!(
                "the hub at `{url}` does not answer: {reason}\nhint: {hint}"
            )));
        }
        warn!(
            "the hub does not answer, once more in {} s: {reason}",
            PAUSE.as_secs()
        );
        attempt += 1;
        tokio::time::sleep(PAUSE).await;
    };
    if status == StatusCode::OK {
        return serde_json::from_str(&text).map_err(|error| {
            refused(format!(
                "the hub at `{url}` gives an answer that is none: {error}"
            ))
        });
    }
    let said: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let said = match said["message"].as_str() {
        Some(said) => said.to_owned(),
        None => {
            format!("status {status}\nhint: is a Rollcall hub of this version at this address?")
        }
    };
    Err(refused(format!("the hub at `{url}` refuses: {said}")))
}

/// How the hub's certificate is checked.
fn tls(enrolment: &Enrolment) -> Result<ClientConfig, EdgeError> {
    let host = enrolment.hub.host_str().unwrap_or_default();
    let is_here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    if enrolment.hub.scheme() != "https" && !is_here {
        return Err(EdgeError::Enrolment {
            problem: format!(
                "`{}` is not encrypted: whoever listens could take the code\nhint: give the hub a certificate (`rollcall certificate create`) and use `https://`",
                enrolment.hub
            ),
        });
    }
    Ok(match &enrolment.authority {
        Some(Authority::Sha256(sha256)) => {
            pinned::client_config(sha256).map_err(|problem| EdgeError::Enrolment { problem })?
        }
        Some(Authority::File(path)) => Trust::file(path)?.client_config(),
        // Nobody needs to be trusted, and the system may have no authorities.
        None if enrolment.hub.scheme() == "http" => Trust::nobody().client_config(),
        None => Trust::system()?.client_config(),
    })
}

/// Where the Debian package puts models and ONNX Runtime.
const PACKAGED: [(&str, &str); 3] = [
    ("manifests", "/usr/share/rollcall-edge/models"),
    ("weights", "/usr/share/rollcall-edge/models"),
    ("runtime", "/usr/lib/rollcall-edge/libonnxruntime.so"),
];

/// Gives a file to the owner of a folder: who enrols is root, who runs is not.
fn give(file: &Path, folder: &Path) -> std::io::Result<()> {
    let (file_is, wanted) = (file.metadata()?, folder.metadata()?);
    match (file_is.uid(), file_is.gid()) == (wanted.uid(), wanted.gid()) {
        true => Ok(()),
        false => std::os::unix::fs::chown(file, Some(wanted.uid()), Some(wanted.gid())),
    }
}

impl Enrolment {
    /// The name of all files but the configuration, without ending.
    fn base(&self) -> PathBuf {
        match (&self.state, self.config.file_stem()) {
            (Some(folder), Some(stem)) => folder.join(stem),
            _ => self.config.with_extension(""),
        }
    }
}

/// The configuration of a new box.
fn configuration(enrolment: &Enrolment, answer: &EnrolmentAnswer) -> String {
    let base = enrolment.base();
    let name = |ending: &str| {
        let file = base.with_extension(ending);
        match &enrolment.state {
            Some(_) => file.to_string_lossy().into_owned(),
            None => file
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
        }
    };
    let mut database = json!({
        "host": answer.database.host,
        "port": answer.database.port,
        "name": answer.database.name,
        "user": answer.user,
        "password_file": name("password"),
    });
    if answer.database.authority.is_some() {
        database["ca_file"] = json!(name("ca.pem"));
        // Also where the hub is this machine.
        database["tls"] = json!(Tls::Verify);
    }
    let mut text = format!(
        "# Device `{}` at site `{}` ({}). Written by `rollcall-edge enrol`; `rollcall-edge config reference` prints every\n\
         # setting.\n\n{}\n",
        one_line(&answer.device),
        one_line(&answer.site),
        one_line(&answer.time_zone),
        section(&json!({ "database": database })),
    );
    if enrolment.state.is_some() {
        let spool = json!({ "path": name("spool"), "key_file": name("key") });
        text += &format!("{}\n", section(&json!({ "spool": spool })));
    }
    if PACKAGED.iter().all(|(_, path)| Path::new(path).exists()) {
        let models: serde_json::Map<_, _> = PACKAGED
            .iter()
            .map(|(key, path)| ((*key).to_owned(), json!(path)))
            .collect();
        text += &format!("{}\n", section(&json!({ "models": models })));
    }
    for camera in &answer.cameras {
        let mut entry = json!({ "name": camera.name });
        if let Some(source) = &camera.source {
            entry["source"] = source.clone();
        }
        text += &section(&json!({ "camera": [entry] }));
        if camera.source.is_none() {
            text += "# Where its picture comes from, for example:\n\
                     # source = { v4l2 = 0 }\n\
                     # source = { rtsp = \"rtsp://camera.example.org/live\" }\n";
        }
        text.push('\n');
    }
    text
}

fn section(value: &serde_json::Value) -> String {
    // Names, numbers and texts always have a form in TOML.
    toml::to_string(value).unwrap_or_default()
}

fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
