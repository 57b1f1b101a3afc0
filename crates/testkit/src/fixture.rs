//! An organisation to test with, and unit vectors with chosen similarities.
//! Must not know single tests.

#![expect(clippy::unwrap_used, reason = "a fixture that fails ends the test")]

use rollcall_domain::id::{CameraId, EmployeeId, OrganizationId, SiteId, SpaceId, TemplateId};
use rollcall_store::database::{Database, Scope};
use rollcall_store::provision::{
    self, ConsentSpec, DeviceLogin, EmployeeSpec, SiteSpec, SpaceSpec,
};
use rollcall_store::site::CameraDirection;
use rollcall_store::template;

use crate::TestDatabase;

/// Numbers of an embedding.
pub const DIMENSIONS: usize = 512;
/// Digest of the fixture's embedding space.
pub const SPACE_DIGEST: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// An organisation with two sites, a device and its cameras, and an embedding space.
#[derive(Clone, Debug)]
pub struct Fixture {
    /// The organisation.
    pub organization_id: OrganizationId,
    /// In `Europe/Berlin`; the device is here.
    pub site_id: SiteId,
    /// In `America/New_York`.
    pub second_site_id: SiteId,
    /// A device at the first site.
    pub device: DeviceLogin,
    /// Camera that people pass when they come.
    pub entry_camera_id: CameraId,
    /// Camera that people pass when they go.
    pub exit_camera_id: CameraId,
    /// Camera that people pass both ways.
    pub both_camera_id: CameraId,
    /// Threshold 0.60, review floor 0.55, margin 0.05, radius 196.
    pub space_id: SpaceId,
}

impl Fixture {
    /// Scope of the organisation, without a user.
    pub fn scope(&self) -> Scope {
        Scope::organization(self.organization_id)
    }
}

/// The fixture's embedding space. The radius is 512 acos(0.55)/pi + 4 x 8.5 rounded up: what
/// postgres.md section 1.3 prescribes for a review floor of 0.55.
pub fn space() -> SpaceSpec {
    SpaceSpec {
        digest: SPACE_DIGEST.to_owned(),
        pack: "test".to_owned(),
        dimensions: 512,
        threshold: 0.60,
        review_floor: 0.55,
        margin: 0.05,
        radius: Some(196),
    }
}

/// Makes an organisation. Several may be made in one database.
pub async fn organization(database: &TestDatabase) -> Fixture {
    let admin = &database.admin;
    let organization_id = provision::organization_create(admin, "Example Works")
        .await
        .unwrap();
    let site = async |name, time_zone| {
        provision::site_create(admin, organization_id, &SiteSpec { name, time_zone })
            .await
            .unwrap()
    };
    let site_id = site("Berlin", "Europe/Berlin").await;
    let second_site_id = site("New York", "America/New_York").await;
    let device = provision::device_create(admin, organization_id, site_id, "door")
        .await
        .unwrap();
    let camera = async |name, direction| {
        provision::camera_create(admin, organization_id, device.device_id, (name, direction))
            .await
            .unwrap()
    };
    Fixture {
        organization_id,
        site_id,
        second_site_id,
        entry_camera_id: camera("entry", CameraDirection::Entry).await,
        exit_camera_id: camera("exit", CameraDirection::Exit).await,
        both_camera_id: camera("both", CameraDirection::Both).await,
        device,
        space_id: provision::space_create(admin, organization_id, &space())
            .await
            .unwrap(),
    }
}

/// Makes an employee of the first site with a valid consent and no template.
pub async fn employee(admin: &Database, fixture: &Fixture, code: &str) -> EmployeeId {
    let employee = EmployeeSpec {
        code,
        display_name: &format!("Person {code}"),
        site_ids: &[fixture.site_id],
    };
    let employee_id = provision::employee_create(admin, fixture.organization_id, &employee)
        .await
        .unwrap();
    let consent = ConsentSpec {
        text_version: "1",
        evidence: "test",
        expires_at: None,
    };
    provision::consent_give(admin, fixture.organization_id, employee_id, &consent)
        .await
        .unwrap();
    employee_id
}

/// Puts a template into the gallery.
pub async fn template(
    admin: &Database,
    fixture: &Fixture,
    employee_id: EmployeeId,
    embedding: &[f32],
) -> TemplateId {
    let transaction = admin.begin(&fixture.scope()).await.unwrap();
    let template = template::NewTemplate {
        employee_id,
        space_id: fixture.space_id,
        photo_id: None,
        embedding,
        quality: 0.9,
    };
    let template_id = template::template_add(&transaction, fixture.organization_id, &template)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    template_id
}

/// A pseudo-random unit vector; the same for the same seed. Vectors of different seeds are nearly
/// orthogonal (cosine 0 with standard deviation 0.044).
pub fn unit_vector(seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d;
    let mut uniform = || {
        // splitmix64
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    };
    // Box and Muller: normal coordinates have no preferred direction.
    let vector: Vec<f64> = (0..DIMENSIONS)
        .map(|_| {
            let radius = (-2.0 * uniform().max(1e-300).ln()).sqrt();
            radius * (std::f64::consts::TAU * uniform()).cos()
        })
        .collect();
    normalised(&vector)
}

/// A unit vector whose cosine with the unit vector `vector` is `cosine` (to about 1e-6), in a direction
/// chosen by `seed`.
pub fn near(vector: &[f32], cosine: f64, seed: u64) -> Vec<f32> {
    let vector: Vec<f64> = vector.iter().copied().map(f64::from).collect();
    let other: Vec<f64> = unit_vector(seed ^ 0x6e65_6172)
        .iter()
        .copied()
        .map(f64::from)
        .collect();
    let along: f64 = vector.iter().zip(&other).map(|(a, b)| a * b).sum();
    let across: Vec<f64> = other
        .iter()
        .zip(&vector)
        .map(|(o, v)| o - along * v)
        .collect();
    let length = across.iter().map(|x| x * x).sum::<f64>().sqrt();
    let sine = (1.0 - cosine * cosine).max(0.0).sqrt();
    let mixed: Vec<f64> = vector
        .iter()
        .zip(&across)
        .map(|(v, a)| cosine * v + sine * a / length)
        .collect();
    normalised(&mixed)
}

fn normalised(vector: &[f64]) -> Vec<f32> {
    let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
    vector.iter().map(|x| (x / length) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_vectors_have_the_chosen_cosine() {
        let vector = unit_vector(1);
        for cosine in [-1.0, 0.0, 0.55, 0.6, 0.999, 1.0] {
            let other = near(&vector, cosine, 7);
            let found: f64 = vector
                .iter()
                .zip(&other)
                .map(|(a, b)| f64::from(a * b))
                .sum();
            assert!((found - cosine).abs() < 1e-5, "{cosine}: {found}");
        }
    }
}
