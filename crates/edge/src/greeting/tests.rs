//! A copy on the disk through starts, time and tampering.

use jiff::Timestamp;
use rollcall_domain::id::{CameraId, SightingId};
use rollcall_store::StoreError;
use rollcall_store::device::Pad;
use rollcall_testkit::fixture::unit_vector;
use uuid::Uuid;

use super::*;
use crate::known_hub::KnownCamera;

const SPACE: &str = "space";
const DEVICE: Uuid = Uuid::from_u128(4);
/// Looks both ways; the two before it in and out.
const BOTH: u128 = 7;

struct Box {
    folder: tempfile::TempDir,
    contact: Contact,
    clock: Clock,
}

impl Box {
    /// A box that holds a copy with one person, of whom the hub spoke so long ago.
    fn holding(said: SignedDuration) -> Self {
        let this = Self {
            folder: tempfile::tempdir().unwrap(),
            contact: Contact::default(),
            clock: Clock::default(),
        };
        let label = Label::new(rule("1"), Timestamp::now() - said);
        let ada = Template {
            employee_id: Uuid::from_u128(1),
            name: "Ada Lovelace".to_owned(),
            embedding: unit_vector(1),
        };
        this.file().save(&label, &[ada]).unwrap();
        this
    }

    fn path(&self) -> PathBuf {
        path_beside(&self.folder.path().join("door.spool"))
    }

    fn file(&self) -> CopyFile {
        CopyFile::new(&self.path(), SpoolKey::new(&[3; 32]), DEVICE, SPACE)
    }

    fn open(&self) -> Greeter {
        self.open_as(3, DEVICE, SPACE)
    }

    fn open_as(&self, key: u8, device_id: Uuid, space: &str) -> Greeter {
        let camera = |n, direction: &str| KnownCamera {
            camera_id: Uuid::from_u128(n),
            name: direction.to_owned(),
            direction: direction.to_owned(),
        };
        let hub = KnownHub {
            device_id: Some(device_id),
            device_name: "door".to_owned(),
            site_name: "Berlin".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            cameras: vec![camera(5, "entry"), camera(6, "exit"), camera(BOTH, "both")],
            space_digest: Some(space.to_owned()),
            said_at: Timestamp::UNIX_EPOCH,
        };
        let context = (self.contact.clone(), self.clock.clone());
        Greeter::open(
            &self.path(),
            SpoolKey::new(&[key; 32]),
            (&hub, space),
            context,
        )
        .unwrap()
    }
}

fn rule(version: &str) -> OfflineGreeting {
    OfflineGreeting {
        version: version.to_owned(),
        n_templates: 1,
        max_age_s: 3600,
        space_digest: SPACE.to_owned(),
        threshold: 0.60,
        margin: 0.05,
        review_floor: 0.55,
        min_quality: 0.3,
        min_agreement: 0.78,
        pad_policies: [5, 6, BOTH]
            .map(|n| (Uuid::from_u128(n), "ignore".to_owned()))
            .into(),
    }
}

fn sighting(camera: u128, seed: u64, direction: Option<Direction>) -> Sighting {
    Sighting {
        sighting_id: SightingId(Uuid::nil()),
        camera_id: CameraId(Uuid::from_u128(camera)),
        captured_at: Timestamp::now(),
        embedding: unit_vector(seed),
        quality: 0.9,
        pad: Pad::Live,
        pad_evidence: None,
        n_frames: 5,
        thumbnail: None,
        clock_offset_ms: Some(0),
        agreement: Some(0.95),
        direction,
        greeted: None,
    }
}

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

#[test]
fn somebody_is_greeted_while_the_hub_is_away_and_a_stranger_never() {
    let this = Box::holding(MINUTE);
    let greeter = this.open();
    let mut ada = sighting(5, 1, None);
    assert_eq!(greeter.greet(&mut ada), None, "nobody has called yet");
    this.contact.answered();
    assert_eq!(greeter.greet(&mut ada), None, "the hub is there");
    assert!(!greeter.is_decrypted() && ada.greeted.is_none());
    this.contact.failed(&StoreError::NoAnswer {
        after: Duration::ZERO,
    });
    for (camera, line, expected) in [
        (5, Some(Direction::Out), Some(Direction::In)),
        (6, None, Some(Direction::Out)),
        (BOTH, None, None),
        (BOTH, Some(Direction::Out), Some(Direction::Out)),
    ] {
        let mut ada = sighting(camera, 1, line);
        let greeting = greeter.greet(&mut ada).unwrap();
        assert_eq!(
            (&*greeting.name, greeting.direction),
            ("Ada Lovelace", expected)
        );
        assert_eq!(ada.greeted, Some(EmployeeId(Uuid::from_u128(1))));
        assert!(!format!("{greeting:?}").contains("Ada"));
    }
    let mut stranger = sighting(5, 2, None);
    assert_eq!(greeter.greet(&mut stranger), None);
    assert_eq!(stranger.greeted, None);
    assert!(greeter.is_decrypted());
    this.contact.answered();
    greeter.look();
    assert!(!greeter.is_decrypted(), "no longer than it is needed");
    let status = greeter.status().unwrap();
    assert_eq!((status.n_templates, status.max_age_s), (1, 3600));
    assert!((60..70).contains(&status.age_s), "{status:?}");
}

#[test]
fn nothing_readable_lies_on_the_disk_and_a_changed_file_is_removed() {
    use std::os::unix::fs::PermissionsExt as _;
    let this = Box::holding(MINUTE);
    let bytes = std::fs::read(this.path()).unwrap();
    assert!(!bytes.windows(3).any(|window| window == b"Ada"));
    let first = unit_vector(1)[0].to_le_bytes();
    assert!(!bytes.windows(4).any(|window| window == first));
    let mode = std::fs::metadata(this.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for at in [0, 20, bytes.len() / 2, bytes.len() - 1] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        std::fs::write(this.path(), changed).unwrap();
        let greeter = this.open();
        assert!(!this.path().exists(), "byte {at}");
        this.contact.failed(&StoreError::NoAnswer {
            after: Duration::ZERO,
        });
        assert_eq!(greeter.greet(&mut sighting(5, 1, None)), None);
    }
    // As it was, it is good; of another key, device or space it is not.
    for (key, device_id, space, is_good) in [
        (3, DEVICE, SPACE, true),
        (9, DEVICE, SPACE, false),
        (3, Uuid::from_u128(9), SPACE, false),
        (3, DEVICE, "another", false),
    ] {
        std::fs::write(this.path(), &bytes).unwrap();
        this.open_as(key, device_id, space);
        assert_eq!(this.path().exists(), is_good, "{key} {device_id} {space}");
    }
    // Changed while the agent runs and has not decrypted it.
    std::fs::write(this.path(), &bytes).unwrap();
    this.contact.answered();
    let greeter = this.open();
    std::fs::write(this.path(), b"short").unwrap();
    this.contact.failed(&StoreError::NoAnswer {
        after: Duration::ZERO,
    });
    assert_eq!(greeter.greet(&mut sighting(5, 1, None)), None);
    assert!(!this.path().exists() && greeter.status().is_none());
}

#[test]
fn a_copy_goes_when_it_is_too_old_or_its_age_cannot_be_known() {
    for (said, is_kept) in [
        (MINUTE * 59, true),
        (MINUTE * 61, false),
        (-MINUTE, true),
        // By a clock that was set back, or never set.
        (-MINUTE * 10, false),
    ] {
        let this = Box::holding(said);
        this.open();
        assert_eq!(this.path().exists(), is_kept, "{said}");
    }
    let this = Box::holding(MINUTE);
    let greeter = this.open();
    this.contact.failed(&StoreError::NoAnswer {
        after: Duration::ZERO,
    });
    assert!(greeter.greet(&mut sighting(5, 1, None)).is_some());
    // Two hours later by the hub's clock.
    this.clock
        .hear(Timestamp::now() + MINUTE * 120, Instant::now());
    assert_eq!(greeter.greet(&mut sighting(5, 1, None)), None);
    assert!(!this.path().exists() && !greeter.is_decrypted());
}

#[test]
fn a_copy_goes_when_the_hub_forbids_it_or_has_another() {
    let larger = OfflineGreeting {
        n_templates: 10_001,
        ..rule("1")
    };
    let elsewhere = OfflineGreeting {
        space_digest: "another".to_owned(),
        ..rule("1")
    };
    let stricter = OfflineGreeting {
        threshold: 0.7,
        ..rule("1")
    };
    for (what, order, is_kept, is_wanted) in [
        ("the same", Some(rule("1")), true, false),
        ("none", None, false, false),
        ("too large", Some(larger), false, false),
        ("another space", Some(elsewhere), false, false),
        ("another rule", Some(stricter), false, true),
        ("another version", Some(rule("2")), false, true),
    ] {
        let this = Box::holding(MINUTE);
        this.contact.failed(&StoreError::NoAnswer {
            after: Duration::ZERO,
        });
        let greeter = this.open();
        // What was on the disk is looked at under another name after it is gone.
        let witness = this.folder.path().join("witness");
        std::fs::hard_link(this.path(), &witness).unwrap();
        assert!(greeter.greet(&mut sighting(5, 1, None)).is_some());
        greeter.ordered(order);
        assert_eq!(this.path().exists(), is_kept, "{what}");
        let greeted = greeter.greet(&mut sighting(5, 1, None));
        assert_eq!(greeted.is_some(), is_kept, "{what}");
        assert_eq!(greeter.is_decrypted(), is_kept, "{what}");
        assert_eq!(greeter.state().wanted.is_some(), is_wanted, "{what}");
        let left = std::fs::read(witness).unwrap();
        assert_eq!(
            left.iter().all(|byte| *byte == 0),
            !is_kept,
            "{what}: overwritten"
        );
        if is_kept {
            assert!(greeter.status().unwrap().age_s < 10, "heard of just now");
        }
    }
}
