//! The hub's rule for recognising somebody, for a copy of its gallery. The hub repeats every decision, and its word
//! counts: `sql/functions/biometric/match.sql` and `sql/functions/attendance/submit_sightings.sql`.
//! Must not know files or the network.

use std::collections::HashMap;

use rollcall_store::device::{OfflineGreeting, Pad, Sighting};
use rollcall_store::pad::PadPolicy;
use uuid::Uuid;

use super::copy::Template;

/// Whom a sighting shows; none for everybody whom the hub would not accept by the same templates, or when it cannot be
/// told what the hub would do.
///
/// Shapes: embeddings of 512 numbers and unit length, so that the sum of products is the cosine.
pub(super) fn recognise<'a>(
    rule: &OfflineGreeting,
    templates: &'a [Template],
    sighting: &Sighting,
) -> Option<&'a Template> {
    let policy = rule.pad_policies.get(&sighting.camera_id.0);
    let is_well = match policy.and_then(|word| PadPolicy::parse(word))? {
        PadPolicy::Ignore => true,
        PadPolicy::Review | PadPolicy::Reject => sighting.pad != Pad::Attack,
        PadPolicy::RequireLive => sighting.pad == Pad::Live,
    };
    let agrees = sighting
        .agreement
        .is_some_and(|agreement| agreement >= rule.min_agreement);
    if !is_well || !agrees || sighting.quality < rule.min_quality {
        return None;
    }
    // The best template of each person.
    let mut people: HashMap<Uuid, (f32, &Template)> = HashMap::new();
    for template in templates {
        let similarity = cosine(&template.embedding, &sighting.embedding);
        if similarity < rule.review_floor {
            continue;
        }
        let best = people
            .entry(template.employee_id)
            .or_insert((similarity, template));
        if similarity > best.0 {
            *best = (similarity, template);
        }
    }
    let mut people: Vec<(f32, &Template)> = people.into_values().collect();
    people.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (similarity, best) = *people.first()?;
    let is_clear = people
        .get(1)
        .is_none_or(|(second, _)| similarity - second >= rule.margin);
    (similarity >= rule.threshold && is_clear).then_some(best)
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    // Of different lengths they are of different models.
    match a.len() == b.len() {
        true => a.iter().zip(b).map(|(a, b)| a * b).sum(),
        false => f32::NEG_INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rollcall_domain::id::{CameraId, SightingId};
    use rollcall_testkit::fixture::{near, unit_vector};

    use super::*;

    const CAMERA: Uuid = Uuid::from_u128(5);

    fn rule(policy: &str) -> OfflineGreeting {
        OfflineGreeting {
            version: "1".to_owned(),
            n_templates: 3,
            max_age_s: 3600,
            space_digest: "space".to_owned(),
            threshold: 0.60,
            margin: 0.05,
            review_floor: 0.55,
            min_quality: 0.3,
            min_agreement: 0.78,
            pad_policies: [(CAMERA, policy.to_owned())].into(),
        }
    }

    fn template(n: u128, embedding: Vec<f32>) -> Template {
        Template {
            employee_id: Uuid::from_u128(n),
            name: format!("Person {n}"),
            embedding,
        }
    }

    fn sighting(embedding: Vec<f32>) -> Sighting {
        Sighting {
            sighting_id: SightingId(Uuid::nil()),
            camera_id: CameraId(CAMERA),
            captured_at: Timestamp::UNIX_EPOCH,
            embedding,
            quality: 0.9,
            pad: Pad::Live,
            pad_evidence: None,
            n_frames: 5,
            thumbnail: None,
            clock_offset_ms: Some(0),
            agreement: Some(0.95),
            direction: None,
            greeted: None,
        }
    }

    #[test]
    fn somebody_is_recognised_where_the_hub_would_and_nowhere_else() {
        // Two templates of the first person; the third person looks like the second.
        let templates = [
            template(1, near(&unit_vector(1), 0.7, 3)),
            template(1, unit_vector(1)),
            template(2, unit_vector(2)),
            template(3, near(&unit_vector(2), 0.98, 4)),
        ];
        let good = sighting(unit_vector(1));
        let with = |change: &dyn Fn(&mut Sighting)| {
            let mut changed = good.clone();
            change(&mut changed);
            changed
        };
        let cases: [(&str, &str, Sighting, Option<u128>); 15] = [
            ("same", "ignore", good.clone(), Some(1)),
            (
                "like",
                "ignore",
                sighting(near(&unit_vector(1), 0.62, 9)),
                Some(1),
            ),
            (
                "below the threshold",
                "ignore",
                sighting(near(&unit_vector(1), 0.58, 9)),
                None,
            ),
            ("a stranger", "ignore", sighting(unit_vector(77)), None),
            ("two people alike", "ignore", sighting(unit_vector(2)), None),
            ("low quality", "ignore", with(&|s| s.quality = 0.29), None),
            (
                "low agreement",
                "ignore",
                with(&|s| s.agreement = Some(0.77)),
                None,
            ),
            (
                "no agreement",
                "ignore",
                with(&|s| s.agreement = None),
                None,
            ),
            (
                "attack, ignored",
                "ignore",
                with(&|s| s.pad = Pad::Attack),
                Some(1),
            ),
            ("attack", "review", with(&|s| s.pad = Pad::Attack), None),
            ("attack", "reject", with(&|s| s.pad = Pad::Attack), None),
            (
                "not checked",
                "reject",
                with(&|s| s.pad = Pad::NotChecked),
                Some(1),
            ),
            (
                "not checked",
                "require_live",
                with(&|s| s.pad = Pad::NotChecked),
                None,
            ),
            ("a policy of a later hub", "pray", good.clone(), None),
            (
                "another camera",
                "ignore",
                with(&|s| s.camera_id = CameraId(Uuid::nil())),
                None,
            ),
        ];
        for (what, policy, sighting, expected) in cases {
            let found = recognise(&rule(policy), &templates, &sighting);
            let found = found.map(|template| template.employee_id.as_u128());
            assert_eq!(found, expected, "{what} ({policy})");
        }
        assert!(recognise(&rule("ignore"), &[], &good).is_none());
    }
}
