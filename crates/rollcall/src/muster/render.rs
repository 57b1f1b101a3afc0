//! The muster list as text, CSV and JSON. Must not leave a doubt unsaid.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rollcall_domain::PunchSource;
use rollcall_store::muster::{Muster, MusterDoubt, MusterPerson, MusterSite};
use serde::Serialize;

use crate::listing::{self, ListFormat};

const HEADERS: [&str; 7] = [
    "site",
    "code",
    "name",
    "in since",
    "last seen",
    "at",
    "note",
];

/// Each site with a headline and its people.
pub fn table(list: &Muster) -> String {
    if list.sites.is_empty() {
        return "no sites yet\n".to_owned();
    }
    let mut text = String::new();
    for site in &list.sites {
        if !text.is_empty() {
            text.push('\n');
        }
        text += &format!(
            "{}, {}: {}\n",
            site.name,
            listing::local(list.now, &site.time_zone),
            headline(site)
        );
        if !site.people.is_empty() {
            let rows: Vec<Vec<String>> = site
                .people
                .iter()
                .map(|person| row(person, site).split_off(1))
                .collect();
            text += &listing::text(ListFormat::Table, &HEADERS[1..], HEADERS.len() - 1, &rows);
        }
        for (name, seen_at) in &site.doubt.silent_devices {
            let since = seen_at.map_or("was never heard of".to_owned(), |at| {
                format!("is silent since {}", listing::local(at, &site.time_zone))
            });
            text += &format!("device {name} {since}\n");
        }
    }
    text
}

/// One line a person; sites and instants with their dates.
pub fn csv(list: &Muster) -> String {
    let rows: Vec<Vec<String>> = list
        .sites
        .iter()
        .flat_map(|site| site.people.iter().map(|person| row(person, site)))
        .collect();
    listing::text(ListFormat::Csv, &HEADERS, HEADERS.len(), &rows)
}

/// Everything, for programs.
pub fn json(list: &Muster) -> anyhow::Result<String> {
    let sites = list.sites.iter().map(WireSite::of).collect();
    let wire = Wire {
        now: list.now,
        sites,
    };
    Ok(serde_json::to_string_pretty(&wire)? + "\n")
}

/// `7 people on site (at least; 2 devices silent, 3 unknown faces since 04:00)`.
pub fn headline(site: &MusterSite) -> String {
    let people = match site.people.len() {
        0 => "nobody on site".to_owned(),
        1 => "1 person on site".to_owned(),
        n => format!("{n} people on site"),
    };
    let doubts = doubts(site);
    if doubts.is_empty() {
        return people;
    }
    // Faces and devices that were missed can only add people; the rest may take some away.
    let doubt = &site.doubt;
    let bound = if doubt.n_underived == 0 && doubt.n_last_elsewhere == 0 {
        "at least; "
    } else {
        "uncertain; "
    };
    let bound = if site.people.is_empty() && bound == "at least; " {
        "as far as known; "
    } else {
        bound
    };
    format!("{people} ({bound}{})", doubts.join(", "))
}

fn doubts(site: &MusterSite) -> Vec<String> {
    let MusterDoubt {
        n_devices,
        silent_devices,
        day_begin_at,
        n_unknown,
        n_review,
        n_underived,
        n_last_elsewhere,
        ..
    } = &site.doubt;
    let since = time(*day_begin_at, &site.time_zone);
    let mut doubts = Vec::new();
    match (silent_devices.len(), *n_devices) {
        (0, _) => {}
        (1, 1) => doubts.push("the only device is silent".to_owned()),
        (1, _) => doubts.push("1 device silent".to_owned()),
        (n, _) => doubts.push(format!("{n} devices silent")),
    }
    let mut count = |n: i64, one: &str, many: &str| match n {
        0 => {}
        1 => doubts.push(one.to_owned()),
        n => doubts.push(format!("{n} {many}")),
    };
    count(
        *n_unknown,
        &format!("1 unknown face since {since}"),
        &format!("unknown faces since {since}"),
    );
    count(
        *n_review,
        &format!("1 face to be looked at since {since}"),
        &format!("faces to be looked at since {since}"),
    );
    count(
        *n_underived,
        "punches of 1 person not counted yet",
        "people with punches not counted yet",
    );
    count(
        *n_last_elsewhere,
        "1 person last seen at another site",
        "people last seen at another site",
    );
    doubts
}

fn row(person: &MusterPerson, site: &MusterSite) -> Vec<String> {
    vec![
        site.name.clone(),
        person.code.clone(),
        person.name.clone(),
        listing::local(person.in_at, &site.time_zone),
        listing::local(person.last_at, &site.time_zone),
        place(person),
        if person.is_derived {
            String::new()
        } else {
            "not counted yet".to_owned()
        },
    ]
}

fn place(person: &MusterPerson) -> String {
    match (&person.last_place, person.last_source) {
        (Some(place), _) => format!("{} / {}", place.device, place.camera),
        (None, PunchSource::Correction) => "corrected by hand".to_owned(),
        (None, PunchSource::Import) => "imported".to_owned(),
        (None, PunchSource::Manual) => "typed in".to_owned(),
        (None, PunchSource::Face) => "a camera that is gone".to_owned(),
        (None, PunchSource::Pin | PunchSource::Badge) => "a kiosk".to_owned(),
    }
}

fn time(instant: Timestamp, time_zone: &str) -> String {
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    instant.to_zoned(zone).strftime("%H:%M").to_string()
}

#[derive(Serialize)]
struct Wire<'a> {
    now: Timestamp,
    sites: Vec<WireSite<'a>>,
}

#[derive(Serialize)]
struct WireSite<'a> {
    site: &'a str,
    time_zone: &'a str,
    headline: String,
    n_on_site: usize,
    people: Vec<WirePerson<'a>>,
    n_devices: i64,
    silent_devices: Vec<WireDevice<'a>>,
    unknown_since: Timestamp,
    n_unknown: i64,
    n_review: i64,
    last_unknown_at: Option<Timestamp>,
    n_underived: i64,
    n_last_elsewhere: i64,
}

#[derive(Serialize)]
struct WirePerson<'a> {
    code: &'a str,
    name: &'a str,
    in_at: Timestamp,
    last_at: Timestamp,
    source: &'static str,
    device: Option<&'a str>,
    camera: Option<&'a str>,
    is_counted_yet: bool,
}

#[derive(Serialize)]
struct WireDevice<'a> {
    name: &'a str,
    seen_at: Option<Timestamp>,
}

impl<'a> WireSite<'a> {
    fn of(site: &'a MusterSite) -> Self {
        let doubt = &site.doubt;
        Self {
            site: &site.name,
            time_zone: &site.time_zone,
            headline: headline(site),
            n_on_site: site.people.len(),
            people: site.people.iter().map(WirePerson::of).collect(),
            n_devices: doubt.n_devices,
            silent_devices: doubt
                .silent_devices
                .iter()
                .map(|(name, seen_at)| WireDevice {
                    name,
                    seen_at: *seen_at,
                })
                .collect(),
            unknown_since: doubt.day_begin_at,
            n_unknown: doubt.n_unknown,
            n_review: doubt.n_review,
            last_unknown_at: doubt.last_unknown_at,
            n_underived: doubt.n_underived,
            n_last_elsewhere: doubt.n_last_elsewhere,
        }
    }
}

impl<'a> WirePerson<'a> {
    fn of(person: &'a MusterPerson) -> Self {
        let place = person.last_place.as_ref();
        Self {
            code: &person.code,
            name: &person.name,
            in_at: person.in_at,
            last_at: person.last_at,
            source: person.last_source.as_str(),
            device: place.map(|place| place.device.as_str()),
            camera: place.map(|place| place.camera.as_str()),
            is_counted_yet: person.is_derived,
        }
    }
}
