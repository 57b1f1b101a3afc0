//! An id type per entity, so that ids cannot be swapped. Must not know how ids are stored or sent.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }
    )*};
}

id! {
    /// A tenant.
    OrganizationId,
    /// A place of work; owns the time zone.
    SiteId,
    /// A person who has faces and punches.
    EmployeeId,
    /// A person who logs in.
    UserId,
    /// One log-in of a user.
    SessionId,
    /// A named secret with which a program acts for a user.
    TokenId,
    /// One entry of the audit log.
    EventId,
    /// A part of an organisation that employees belong to.
    DepartmentId,
    /// A request for a file (a report, an export) and the file that it came to.
    ExportId,
    /// A target that is told of events.
    WebhookId,
    /// One attempt to tell a target of one event, with its retries.
    DeliveryId,
    /// One edge agent.
    DeviceId,
    /// One camera of a device.
    CameraId,
    /// An embedding space of an organisation.
    SpaceId,
    /// An enrolled embedding.
    TemplateId,
    /// An enrolment photograph.
    PhotoId,
    /// An employee's agreement to be recognised.
    ConsentId,
    /// A background enrolment of one photograph.
    JobId,
    /// One tracked face in front of a camera.
    SightingId,
    /// An immutable clock event. A face punch has the id of its sighting.
    PunchId,
    /// A kind of working day: when work is expected.
    ShiftId,
    /// Which shift an employee has on which dates.
    RosterId,
    /// How time is counted; has versions.
    RuleSetId,
    /// A public holiday.
    HolidayId,
    /// An employee's leave.
    LeaveId,
    /// A request that adds or voids a punch.
    CorrectionId,
    /// A span of work dates that is closed for payroll.
    PeriodId,
}
