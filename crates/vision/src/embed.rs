//! Aligned faces in, embeddings out, in batches. Must not know frames or tracks.

use ort::{session::Session, value::TensorRef};

use crate::{
    align::{AlignSpec, Crop},
    embedding::Embedding,
    error::{Result, VisionError},
    manifest::RecogniserSpec,
    pack::{Pack, SpaceSpec},
    precision::Precision,
    runtime::{Engine, Runtime, SessionOptions},
};

/// Crops in one run of the network; more are split.
const MAX_BATCH: usize = 32;

/// A recogniser with its own session and input buffer: one per thread.
#[derive(Debug)]
pub struct Embedder {
    session: Session,
    engine: Engine,
    precision: Precision,
    space: SpaceSpec,
    align: AlignSpec,
    mean: Option<Vec<f32>>,
    input: Vec<u8>,
}

impl Embedder {
    /// Verifies the pack's files and opens its network in the pack's precision.
    ///
    /// Errors: [`VisionError::WrongKind`], the pack's file errors, [`VisionError::Session`] also when every provider's
    /// answers are wrong.
    pub fn open(runtime: &Runtime, pack: &Pack, options: SessionOptions) -> Result<Embedder> {
        let RecogniserSpec {
            align, dimensions, ..
        } = *pack.recogniser()?;
        pack.verify_files()?;
        let self_test = pack.self_test().map(|self_test| {
            move |session: &mut Session| {
                self_test.recogniser(dimensions.into(), pack.mean(), pack.least_cosine(), session)
            }
        });
        let (session, engine) =
            runtime.open_session(&pack.weight_path("recogniser"), &options, self_test)?;
        Ok(Embedder {
            session,
            engine,
            precision: pack.precision(),
            space: pack.space()?,
            align,
            mean: pack.mean().map(<[f32]>::to_vec),
            input: Vec::new(),
        })
    }

    /// The space that the embeddings belong to.
    pub fn space(&self) -> &SpaceSpec {
        &self.space
    }

    /// In how many bits it computes.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// What runs it.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// How faces must be cut out for this recogniser.
    pub fn align(&self) -> &AlignSpec {
        &self.align
    }

    /// Embeds crops, one embedding each in the same order, centred as the pack says.
    ///
    /// Shapes: crops RGB u8 `[size, size, 3]` with the pack's size; results 512 numbers of unit
    /// norm. Errors: [`VisionError::Option`] for a crop of another size,
    /// [`VisionError::Inference`], [`VisionError::Output`], [`VisionError::Embedding`].
    pub fn embed(&mut self, crops: &[Crop]) -> Result<Vec<Embedding>> {
        let mut embeddings = Vec::with_capacity(crops.len());
        let mean = self.mean.take();
        let result = self.each_raw(crops, |raw| {
            embeddings.push(Embedding::from_raw(raw, mean.as_deref())?);
            Ok(())
        });
        self.mean = mean;
        result.map(|()| embeddings)
    }

    /// The network's own answers, neither centred nor padded: to check a pack against its
    /// reference.
    pub fn embed_raw(&mut self, crops: &[Crop]) -> Result<Vec<Vec<f32>>> {
        let mut raws = Vec::with_capacity(crops.len());
        self.each_raw(crops, |raw| {
            raws.push(raw.to_vec());
            Ok(())
        })?;
        Ok(raws)
    }

    fn each_raw(
        &mut self,
        crops: &[Crop],
        mut take: impl FnMut(&[f32]) -> Result<()>,
    ) -> Result<()> {
        if let Some(crop) = crops
            .iter()
            .find(|crop| crop.size_px() != self.align.size_px)
        {
            let found = format!("{} pixels", crop.size_px());
            return Err(VisionError::Option {
                name: "crop size",
                found,
                expected: "the pack's `align.size_px`",
            });
        }
        let side = self.align.size_px as usize;
        let dimensions = usize::from(self.space.dimensions);
        let failed = |source| VisionError::Inference {
            network: "recogniser",
            source,
        };
        for batch in crops.chunks(MAX_BATCH) {
            let pixels: &[u8] = if let [crop] = batch {
                crop.rgb()
            } else {
                self.input.clear();
                batch
                    .iter()
                    .for_each(|crop| self.input.extend_from_slice(crop.rgb()));
                &self.input
            };
            let input = TensorRef::from_array_view(([batch.len(), side, side, 3], pixels))
                .map_err(failed)?;
            let outputs = self.session.run(ort::inputs![input]).map_err(failed)?;
            let (shape, numbers) = outputs[0].try_extract_tensor::<f32>().map_err(failed)?;
            if numbers.len() != batch.len() * dimensions {
                let expected = format!("[{}, {dimensions}]", batch.len());
                let found = shape.to_vec();
                return Err(VisionError::Output {
                    network: "recogniser",
                    output: "embedding",
                    expected,
                    found,
                });
            }
            numbers.chunks_exact(dimensions).try_for_each(&mut take)?;
        }
        Ok(())
    }
}
