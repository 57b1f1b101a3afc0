//! An authority of the installation's own, and the hub's certificate that it signs: for who has no other. Browsers and
//! boxes must be told to trust the authority; boxes are, when they enrol. Must not know who shows the certificate.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use jiff::civil::Date;
use jiff::{ToSpan as _, Zoned};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::instance::{private_folder, write_secret};

const AUTHORITY_YEARS: i32 = 20;
/// Apple's systems refuse certificates that are valid for more than 825 days, also those of private authorities.
const CERTIFICATE_DAYS: i32 = 820;
/// Days before its end from which on a certificate is made anew when the hub starts, and once a day.
const RENEW_DAYS: i32 = 90;

/// Certificate of the hub.
#[derive(Subcommand)]
pub enum Certificate {
    /// Make a certificate for the hub, signed by an authority of this installation, which is made with the first one.
    ///
    /// Made again with other names, it replaces the first; the authority stays, so that boxes need not enrol again. A
    /// running hub takes it within seconds.
    Create {
        /// Host name or address under which browsers and boxes reach the hub; may be repeated.
        #[arg(long = "name", required = true)]
        names: Vec<String>,
    },
}

/// What is remembered of a certificate, to make it anew.
#[derive(Deserialize, Serialize)]
struct Made {
    names: Vec<String>,
    expires_on: Date,
}

struct Files {
    folder: PathBuf,
}

impl Files {
    fn of(instance: &Path) -> Self {
        Self {
            folder: instance.join("tls"),
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Certificate of the authority of an instance.
pub fn authority_file(instance: &Path) -> PathBuf {
    Files::of(instance).at("authority.pem")
}

impl Certificate {
    /// Runs the command.
    pub fn run(self, instance: &Path) -> anyhow::Result<ExitCode> {
        let Self::Create { names } = self;
        if !instance.join("secrets.toml").exists() {
            bail!(
                "`{}` is not an instance folder\nhint: `rollcall up` or `rollcall migrate` makes one; `--instance` names another",
                instance.display()
            );
        }
        let files = Files::of(&instance.canonicalize()?);
        let is_new = !files.at("authority.pem").exists();
        let expires_on = create(&files, names, Zoned::now().date())?;
        if is_new {
            outln!("authority: {}", files.at("authority.pem").display());
        }
        outln!("certificate until {expires_on}; in rollcall.toml of this instance:");
        outln!("");
        outln!("tls_certificate = {:?}", files.at("certificate.pem"));
        outln!("tls_key = {:?}", files.at("key.pem"));
        outln!("");
        outln!(
            "next: browsers that use the portal must trust the authority; boxes learn of it when they enrol"
        );
        Ok(ExitCode::SUCCESS)
    }
}

/// Makes the certificate of an instance anew when it ends soon. True when it did.
pub fn renew(instance: &Path) -> anyhow::Result<bool> {
    let files = Files::of(instance);
    let path = files.at("certificate.toml");
    if !path.exists() {
        return Ok(false);
    }
    let made: Made = toml::from_str(&fs::read_to_string(&path)?)
        .with_context(|| format!("`{}` is damaged", path.display()))?;
    let today = Zoned::now().date();
    if today < made.expires_on.saturating_sub(RENEW_DAYS.days()) {
        return Ok(false);
    }
    create(&files, made.names, today)?;
    Ok(true)
}

/// SHA-256 of the authority's certificate, by which a box knows it; none when there is none.
pub fn authority_sha256(authority: &Path) -> anyhow::Result<String> {
    let pem =
        fs::read(authority).with_context(|| format!("cannot read `{}`", authority.display()))?;
    let der = CertificateDer::from_pem_slice(&pem)
        .map_err(|error| anyhow::anyhow!("`{}` is no certificate: {error}", authority.display()))?;
    Ok(hex::encode(Sha256::digest(&der)))
}

fn create(files: &Files, names: Vec<String>, today: Date) -> anyhow::Result<Date> {
    private_folder(&files.folder)?;
    let issuer = authority(files, today)?;
    let mut params = CertificateParams::new(names.clone())
        .with_context(|| format!("`{}` cannot be in a certificate", names.join("`, `")))?;
    params
        .distinguished_name
        .push(DnType::CommonName, names[0].as_str());
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let expires_on = today.saturating_add(CERTIFICATE_DAYS.days());
    valid(&mut params, today, expires_on);
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, &issuer)?;
    let authority = fs::read_to_string(files.at("authority.pem"))?;
    // The key first: whoever reads between the two finds that they do not belong together, and keeps the old ones.
    write_secret(&files.at("key.pem"), &key.serialize_pem())?;
    write_secret(
        &files.at("certificate.pem"),
        &format!("{}{authority}", certificate.pem()),
    )?;
    let made = Made { names, expires_on };
    write_secret(&files.at("certificate.toml"), &toml::to_string(&made)?)?;
    Ok(expires_on)
}

/// The authority, made at the first call.
fn authority(files: &Files, today: Date) -> anyhow::Result<Issuer<'static, KeyPair>> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
        .distinguished_name
        .push(DnType::CommonName, "Rollcall authority");
    valid(
        &mut params,
        today,
        today.saturating_add(AUTHORITY_YEARS.years()),
    );
    let key_file = files.at("authority-key.pem");
    let key = match key_file.exists() {
        true => KeyPair::from_pem(&fs::read_to_string(&key_file)?)
            .with_context(|| format!("`{}` is damaged", key_file.display()))?,
        false => {
            let key = KeyPair::generate()?;
            write_secret(&key_file, &key.serialize_pem())?;
            key
        }
    };
    if !files.at("authority.pem").exists() {
        let pem = params.self_signed(&key)?.pem();
        write_secret(&files.at("authority.pem"), &pem)?;
    }
    // An issuer is its name and its key; its own certificate is not looked at.
    Ok(Issuer::new(params, key))
}

/// From yesterday, for clocks that are behind, until the end of a day.
fn valid(params: &mut CertificateParams, today: Date, until: Date) {
    let at = |date: Date| date_time_ymd(date.year().into(), date.month() as u8, date.day() as u8);
    params.not_before = at(today.saturating_sub(1.day()));
    params.not_after = at(until);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_made_anew_before_it_ends_and_the_authority_stays() {
        let instance = tempfile::tempdir().unwrap();
        let files = Files::of(instance.path());
        assert!(!renew(instance.path()).unwrap(), "there is none");
        let names = vec!["hub.example.org".to_owned(), "10.0.0.5".to_owned()];
        let today = Zoned::now().date();
        create(&files, names.clone(), today).unwrap();
        let read = |name: &str| fs::read_to_string(files.at(name)).unwrap();
        let first = (read("authority.pem"), read("certificate.pem"));
        assert!(!renew(instance.path()).unwrap(), "it has long to go");
        let long_ago = today.saturating_sub((CERTIFICATE_DAYS - RENEW_DAYS).days());
        create(&files, names.clone(), long_ago).unwrap();
        assert!(renew(instance.path()).unwrap());
        assert_eq!(read("authority.pem"), first.0);
        assert_ne!(read("certificate.pem"), first.1);
        let tls = rollcall_api::TlsFiles {
            certificate: files.at("certificate.pem"),
            key: files.at("key.pem"),
        };
        rollcall_api::check_certificate(&tls).unwrap();
        assert_eq!(
            authority_sha256(&files.at("authority.pem")).unwrap().len(),
            64
        );
    }
}
