import EngineKit
import Notation

/// Changes that belong together: what they are, who wants them, who agrees, and what came of them.
struct ChangeSet: Sendable {
    /// How many items one can have.
    static let itemLimit = 500
    /// How many bytes of JSON all items can have.
    static let byteLimit = 2_097_152

    /// How far one has come.
    enum Phase: String, CaseIterable, Sendable {
        /// Waits for approvals, or to be applied.
        case proposed
        /// Is applied by itself at a time.
        case scheduled
        /// Is in force.
        case applied
        /// Somebody refused it.
        case rejected
        /// Was in force, and was taken back.
        case rolledBack = "rolled_back"
        /// Could not be applied at its time.
        case failed

        /// Whether it can still be changed, approved and applied.
        var isOpen: Bool { self == .proposed || self == .scheduled || self == .failed }
    }

    /// What its record and answers call it.
    let id: String
    /// What it is for.
    var message: String
    /// The changes; empty where only the rest was read.
    var items: [ChangeItem] { didSet { count = items.count } }
    /// How many changes there are.
    var count: Int
    /// How far it has come.
    var phase = Phase.proposed
    /// Who proposed or edited it: none of them can approve it.
    var authors: [Person]
    /// Who agrees.
    var approvals: [Approval] = []
    /// When it is applied by itself, and in whose name; `nil` when it is not.
    var schedule: Schedule?
    /// What applying it did; `nil` before.
    var application: Application?
    /// The change set that this one takes back; `nil` when it takes none back.
    var takesBack: String?
    /// What happened to it, the oldest first.
    var events: [Event] = []

    /// Makes a set that is proposed.
    init(id: String, message: String, items: [ChangeItem], authors: [Person]) {
        self.id = id
        self.message = message
        self.items = items
        self.authors = authors
        count = items.count
    }

    /// Somebody who proposes or decides.
    struct Person: Sendable {
        /// The display name of the token.
        let name: String
        /// By whose hand the token came about (`VaultAccess.origin`); not for answers.
        let origin: String

        func isSame(as other: Person) -> Bool { origin.bytesEqual(to: other.origin) }
    }

    /// An agreement.
    struct Approval: Sendable {
        let person: Person
        /// The policies of the token, which are its roles.
        let policies: [String]
        let time: Timestamp
        let reason: String
    }

    /// A time at which a change set is applied.
    struct Schedule: Sendable {
        let time: Timestamp
        /// In whose name: the display name.
        let name: String
        /// By whose policies.
        let policies: [String]
    }

    /// What applying did.
    struct Application: Sendable {
        let time: Timestamp
        let name: String
        /// The versions of each item before and after, and what a policy, which keeps no versions, said before.
        let changes: [(before: ItemVersion, after: ItemVersion, policy: JSONObject?)]
    }

    /// Something that happened.
    struct Event: Sendable {
        let time: Timestamp
        let name: String
        let action: String
        let reason: String
    }

    /// Notes something that happened.
    mutating func note(_ action: String, by name: String, at time: Timestamp, reason: String = "") {
        // A set that is edited for ever keeps its beginning and its end.
        if events.count >= 200 { events.remove(at: 1) }
        events.append(Event(time: time, name: name, action: action, reason: reason))
    }

    /// Forgets what nobody needs any more once it is applied and was to be kept secret.
    mutating func forgetSecrets() {
        for index in items.indices where items[index].isSensitive { items[index].body = nil }
    }
}
