//! What customers complain about, in the words of the department that hears it.

/// A department, its tool and its people.
pub(super) struct House {
    pub(super) department: &'static str,
    pub(super) name: &'static str,
    pub(super) system: &'static str,
    pub(super) people: [&'static str; 3],
    pub(super) teams: [&'static str; 2],
    pub(super) channel: &'static str,
    pub(super) complaints: [(&'static str, &'static str); 6],
}

pub(super) const HOUSES: [House; 4] = [
    House {
        department: "sales",
        name: "Sales",
        system: "crm",
        people: ["kim", "lee", "uma"],
        teams: ["Key accounts", "Renewals"],
        channel: "phone",
        complaints: [
            ("Wants the last invoice corrected before paying", "3"),
            ("Promised discount is not on the offer", "3"),
            ("Will not renew unless the outage is explained", "1"),
            ("Delivery date was moved a second time", "2"),
            ("Has had three contacts and no answer", "2"),
            ("Contract names the wrong site", "4"),
        ],
    },
    House {
        department: "support",
        name: "Support",
        system: "desk",
        people: ["mia", "noa", "ray"],
        teams: ["L1", "L2"],
        channel: "mail",
        complaints: [
            ("Pump resets every two hours since Friday", "2"),
            ("Display stays dark after the update", "2"),
            ("Cannot log in with the new password", "3"),
            ("Alarm sounds without a cause", "1"),
            ("Report shows yesterday's numbers", "3"),
            ("Manual is missing a page", "4"),
        ],
    },
    House {
        department: "engineering",
        name: "Engineering",
        system: "tracker",
        people: ["ada", "bo", "eli"],
        teams: ["Firmware", "Platform"],
        channel: "mail",
        complaints: [
            ("Sensor drifts after a warm restart", "2"),
            ("Interface returns yesterday's values", "3"),
            ("Import stops at the 65536th row", "3"),
            ("Valve does not close when the line is lost", "1"),
            ("Log fills the disk within a week", "2"),
            ("Unit label is wrong in one language", "4"),
        ],
    },
    House {
        department: "field-service",
        name: "Field service",
        system: "visits",
        people: ["ivo", "sam", "tess"],
        teams: ["North", "South"],
        channel: "visit",
        complaints: [
            ("Technician did not come on the agreed day", "2"),
            ("Spare part does not fit", "3"),
            ("Leak under the cabinet after the repair", "1"),
            ("Third visit for the same fault", "2"),
            ("Bill is for hours nobody worked", "3"),
            ("Tools were left behind", "4"),
        ],
    },
];
