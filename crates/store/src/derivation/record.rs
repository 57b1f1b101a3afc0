//! A derived day as it is stored: with its sentences, its exceptions and its digest.
//! Must not know tables.

use jiff::Timestamp;
use rollcall_domain::{Day, ExceptionKind, Fact, RuleBook, exception_sentence, sentence};
use serde::Serialize;
use uuid::Uuid;

use super::DayKey;
use super::digest::digest;

/// A day ready to be written.
#[derive(Debug)]
pub(super) struct DayRecord {
    pub(super) key: DayKey,
    pub(super) day: Day,
    /// Why-trace as JSON text.
    pub(super) why: String,
    pub(super) exceptions: Vec<ExceptionRecord>,
    pub(super) digest: [u8; 32],
}

/// An exception with what a person needs to read.
#[derive(Debug)]
pub(super) struct ExceptionRecord {
    pub(super) kind: ExceptionKind,
    pub(super) punch_ids: Vec<Uuid>,
    pub(super) sentence: String,
}

#[derive(Serialize)]
struct Step<'a> {
    rule: &'static str,
    #[serde(skip_serializing_if = "<[Uuid]>::is_empty")]
    punches: &'a [Uuid],
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes: Option<i32>,
    text: &'a str,
}

impl DayRecord {
    pub(super) fn new(key: DayKey, day: Day, book: &RuleBook) -> Self {
        let mut why = String::from("[");
        let mut exceptions: Vec<ExceptionRecord> = Vec::new();
        for step in &day.why {
            let punch_ids: Vec<Uuid> = step.punch_ids.iter().map(|id| id.0).collect();
            let text = sentence(step, &day, book);
            let (from, to) = step.span.unzip();
            let wire = Step {
                rule: step.rule.as_str(),
                punches: &punch_ids,
                from,
                to,
                minutes: step.minutes,
                text: &text,
            };
            if why.len() > 1 {
                why.push(',');
            }
            why.push_str(&serde_json::to_string(&wire).expect("texts and numbers are always JSON"));
            if let Fact::Exception(kind) = step.fact {
                let words = exception_sentence(step, &day, book).unwrap_or(text);
                exception_add(&mut exceptions, kind, punch_ids, words);
            }
        }
        why.push(']');
        // Each exception has its step; should one have none, it is still listed.
        for kind in &day.exceptions {
            if !exceptions.iter().any(|known| known.kind == *kind) {
                exception_add(&mut exceptions, *kind, Vec::new(), kind.to_string());
            }
        }
        let digest = digest(&day, &why);
        Self {
            key,
            day,
            why,
            exceptions,
            digest,
        }
    }
}

/// Several steps may raise one exception: it is listed once, with all their punches.
fn exception_add(
    exceptions: &mut Vec<ExceptionRecord>,
    kind: ExceptionKind,
    punch_ids: Vec<Uuid>,
    sentence: String,
) {
    match exceptions.iter_mut().find(|known| known.kind == kind) {
        Some(known) => {
            for punch_id in punch_ids {
                if !known.punch_ids.contains(&punch_id) {
                    known.punch_ids.push(punch_id);
                }
            }
            if !known.sentence.contains(&sentence) {
                known.sentence.push(' ');
                known.sentence.push_str(&sentence);
            }
        }
        None => exceptions.push(ExceptionRecord {
            kind,
            punch_ids,
            sentence,
        }),
    }
}
