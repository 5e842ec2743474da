//! Which data files hold forms, views, apps, processes, charts, dashboards and commands. Each file says of itself what it is; here only its path stands.

/// The files below `data/<folder>/`, each with its text.
macro_rules! files {
    ($folder:literal: $($path:literal),+ $(,)?) => { files![$folder ".xml": $($path),+] };
    ($folder:literal $ending:literal: $($path:literal),+ $(,)?) => {
        &[$((
            concat!($folder, "/", $path, $ending),
            include_str!(concat!("../../data/", $folder, "/", $path, $ending)),
        )),+]
    };
}

/// One form per file.
pub const FORMS: &[(&str, &str)] = files!["forms":
    "account/main",
    "account/quick-create",
    "annotation/main",
    "appointment/main",
    "appointment/quick-create",
    "businessunit/main",
    "contact/main",
    "contact/quick-create",
    "lead/main",
    "lead/quick-create",
    "opportunity/main",
    "opportunity/quick-create",
    "phonecall/main",
    "phonecall/quick-create",
    "systemuser/main",
    "task/main",
    "task/quick-create",
    "team/main",
    "transactioncurrency/main",
];

/// One view per file.
pub const VIEWS: &[(&str, &str)] = files!["views":
    "account/active-accounts",
    "account/all-accounts",
    "account/associated",
    "account/inactive-accounts",
    "account/lookup",
    "account/my-active-accounts",
    "account/quick-find",
    "annotation/all-notes",
    "annotation/associated",
    "annotation/lookup",
    "annotation/my-notes",
    "annotation/quick-find",
    "appointment/all-appointments",
    "appointment/associated",
    "appointment/lookup",
    "appointment/my-appointments",
    "appointment/quick-find",
    "businessunit/active-business-units",
    "businessunit/associated",
    "businessunit/lookup",
    "businessunit/quick-find",
    "contact/active-contacts",
    "contact/all-contacts",
    "contact/associated",
    "contact/inactive-contacts",
    "contact/lookup",
    "contact/my-active-contacts",
    "contact/quick-find",
    "lead/all-leads",
    "lead/associated",
    "lead/closed-leads",
    "lead/lookup",
    "lead/my-open-leads",
    "lead/open-leads",
    "lead/quick-find",
    "opportunity/all-opportunities",
    "opportunity/associated",
    "opportunity/closed-opportunities",
    "opportunity/closing-next-month",
    "opportunity/lookup",
    "opportunity/lost-opportunities",
    "opportunity/my-open-opportunities",
    "opportunity/open-opportunities",
    "opportunity/quick-find",
    "opportunity/won-opportunities",
    "phonecall/all-phone-calls",
    "phonecall/associated",
    "phonecall/lookup",
    "phonecall/my-phone-calls",
    "phonecall/quick-find",
    "systemuser/associated",
    "systemuser/enabled-users",
    "systemuser/lookup",
    "systemuser/quick-find",
    "task/all-tasks",
    "task/associated",
    "task/lookup",
    "task/my-tasks",
    "task/quick-find",
    "team/all-teams",
    "team/associated",
    "team/lookup",
    "team/quick-find",
    "transactioncurrency/active-currencies",
    "transactioncurrency/associated",
    "transactioncurrency/lookup",
    "transactioncurrency/quick-find",
];

/// One app with its site map per file.
pub const APPS: &[(&str, &str)] = files!["apps":
    "saleshub",
    "salespro",
];

/// One business process flow per file.
pub const PROCESSES: &[(&str, &str)] = files!["processes" ".json":
    "opportunitysalesprocess",
];

/// One chart per file.
pub const CHARTS: &[(&str, &str)] = files!["charts":
    "opportunity/pipeline-by-stage",
];

/// One dashboard per file.
pub const DASHBOARDS: &[(&str, &str)] = files!["dashboards":
    "sales-activity",
];

/// The commands of one table per file.
pub const COMMANDS: &[(&str, &str)] = files!["commands":
    "opportunity",
];
