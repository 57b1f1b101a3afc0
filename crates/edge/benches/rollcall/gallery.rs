//! Galleries of drawn embeddings that resemble real ones where it matters for speed: similarities of
//! different people spread with a standard deviation of about 0.13 (measured on FaceNet, postgres.md
//! section 1.3), so that a Hamming radius lets through a realistic number of candidates.

use anyhow::Result;
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rollcall_domain::id::SightingId;
use rollcall_store::device::{Pad, Sighting};
use rollcall_testkit::TestDatabase;
use rollcall_testkit::fixture::{self, Fixture};
use uuid::{NoContext, Uuid};

/// The standard deviation of the cosine of random vectors in d dimensions is 1/sqrt(d): 56 gives 0.13.
const LATENT: usize = 56;
const DIMENSIONS: usize = 512;
const TEMPLATES_PER_PERSON: usize = 4;

/// A filled gallery.
pub struct Gallery {
    pub database: TestDatabase,
    pub fixture: Fixture,
    pub n_templates: usize,
    mixing: Vec<f32>,
    centres: Vec<Vec<f32>>,
    random: StdRng,
}

impl Gallery {
    /// Makes an organisation with `n_templates` templates, four per person.
    pub async fn new(n_templates: usize) -> Result<Self> {
        let mut random = StdRng::seed_from_u64(7);
        let mixing: Vec<f32> = (0..LATENT * DIMENSIONS)
            .map(|_| normal(&mut random))
            .collect();
        let centres: Vec<Vec<f32>> = (0..n_templates.div_ceil(TEMPLATES_PER_PERSON))
            .map(|_| unit((0..LATENT).map(|_| normal(&mut random)).collect()))
            .collect();
        let database = TestDatabase::create().await;
        let fixture = fixture::organization(&database).await;
        let mut gallery = Self {
            database,
            fixture,
            n_templates,
            mixing,
            centres,
            random,
        };
        gallery.fill().await?;
        Ok(gallery)
    }

    async fn fill(&mut self) -> Result<()> {
        let admin = self.database.admin.client().await?;
        let organization_id = self.fixture.organization_id.0;
        let n_people = self.centres.len() as i64;
        admin
            .batch_execute(&format!(
                "insert into app.employee (organization_id, employee_id, code, display_name)
                   select '{organization_id}', uuidv7(), 'E' || n, 'Person ' || n from generate_series(1, {n_people}) n;
                 insert into app.employee_site (organization_id, employee_id, site_id)
                   select organization_id, employee_id, '{}' from app.employee;
                 insert into biometric.consent (organization_id, employee_id, text_version, evidence)
                   select organization_id, employee_id, '1', 'bench' from app.employee;
                 update app.device set rate_limit_per_minute = 100000000;",
                self.fixture.site_id.0
            ))
            .await?;
        let employees: Vec<Uuid> = admin
            .query(
                "select employee_id from app.employee order by employee_id",
                &[],
            )
            .await?
            .iter()
            .map(|row| row.get(0))
            .collect();
        let statement = admin
            .prepare(
                "with new as (
                   insert into biometric.template (organization_id, template_id, employee_id, space_id, embedding, quality)
                   select $1, uuidv7(), u.employee_id, $2, u.embedding::vector(512)::halfvec, 0.9
                   from unnest($3::uuid[], $4::text[]) as u (employee_id, embedding)
                   returning template_id, embedding)
                 insert into biometric.template_code (organization_id, template_id, space_id, code)
                 select $1, template_id, $2, binary_quantize(embedding)::bit(1024) from new",
            )
            .await?;
        let mut index = 0;
        while index < self.n_templates {
            let end = (index + 500).min(self.n_templates);
            let (mut ids, mut texts) = (Vec::new(), Vec::new());
            for template in index..end {
                let person = template / TEMPLATES_PER_PERSON;
                ids.push(employees[person]);
                texts.push(text(&self.embedding(person, 0.62)));
            }
            admin
                .execute(
                    &statement,
                    &[&organization_id, &self.fixture.space_id.0, &ids, &texts],
                )
                .await?;
            index = end;
        }
        // A VACUUM must be a statement of its own.
        for statement in [
            "vacuum analyze biometric.template, biometric.template_code",
            "analyze app.employee, app.employee_site, biometric.consent",
        ] {
            admin.batch_execute(statement).await?;
        }
        Ok(())
    }

    /// An embedding of a person: the centre plus noise of the given length.
    fn embedding(&mut self, person: usize, noise: f32) -> Vec<f32> {
        let mut latent = self.centres[person].clone();
        let direction = unit((0..LATENT).map(|_| normal(&mut self.random)).collect());
        latent
            .iter_mut()
            .zip(direction)
            .for_each(|(value, step)| *value += noise * step);
        self.mix(&latent)
    }

    fn mix(&self, latent: &[f32]) -> Vec<f32> {
        let mut mixed = vec![0.0; DIMENSIONS];
        for (row, weight) in self.mixing.chunks_exact(DIMENSIONS).zip(latent) {
            mixed
                .iter_mut()
                .zip(row)
                .for_each(|(sum, value)| *sum += weight * value);
        }
        unit(mixed)
    }

    /// Sightings at the entry camera: half of enrolled people, half of strangers.
    pub fn sightings(&mut self, n: usize) -> Vec<Sighting> {
        (0..n)
            .map(|index| {
                let embedding = if index % 2 == 0 {
                    let person = self.random.random_range(0..self.centres.len());
                    self.embedding(person, 0.5)
                } else {
                    let latent: Vec<f32> = (0..LATENT).map(|_| normal(&mut self.random)).collect();
                    self.mix(&latent)
                };
                let captured_at = Timestamp::now();
                let time = uuid::Timestamp::from_unix(
                    NoContext,
                    captured_at.as_second() as u64,
                    captured_at.subsec_nanosecond() as u32,
                );
                Sighting {
                    sighting_id: SightingId(Uuid::new_v7(time)),
                    camera_id: self.fixture.entry_camera_id,
                    captured_at,
                    embedding,
                    quality: 0.9,
                    pad: Pad::NotChecked,
                    pad_evidence: None,
                    n_frames: 6,
                    thumbnail: None,
                    clock_offset_ms: Some(0),
                    agreement: None,
                    direction: None,
                    greeted: None,
                }
            })
            .collect()
    }
}

/// Text form of a vector, as pgvector reads it.
fn text(embedding: &[f32]) -> String {
    let numbers: Vec<String> = embedding.iter().map(f32::to_string).collect();
    format!("[{}]", numbers.join(","))
}

fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|value| *value /= length);
    vector
}

/// Standard normal by the sum of twelve uniforms (Irwin-Hall), exact enough for a benchmark.
fn normal(random: &mut StdRng) -> f32 {
    (0..12).map(|_| random.random::<f32>()).sum::<f32>() - 6.0
}
