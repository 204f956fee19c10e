import EngineKit
import Notation

/// Whom the items of a change set reach: the services and instances that see a layer, the environment of a flag, the
/// values that refer to a secret.
struct Reach {
    /// How many different things are asked whom they reach.
    private static let questionLimit = 50

    private let scope: ChangeSetScope
    private let sequence: ItemSequence
    private let reading: ItemReading

    init(_ scope: ChangeSetScope, _ sequence: ItemSequence) {
        self.scope = scope
        self.sequence = sequence
        reading = ItemReading(scope)
    }

    /// What each item reaches, as far as whoever asks may read the item itself.
    func json() throws(EngineError) -> [JSON] {
        // Many items are of the same layer, which is looked at once.
        var known: [[UInt8]: JSONObject] = [:]
        var asked = 0
        var reached: [JSON] = []
        for element in sequence.elements where scope.request.rights.allow(.read, element.target.path) {
            guard let question = Self.question(element.target) else { continue }
            let answer: JSONObject
            if let found = known[question.path], question.query.members.isEmpty {
                answer = found
            } else {
                asked += 1
                // A set that touches more is told of its first ones.
                guard asked <= Self.questionLimit, let found = try reading.data(question.path, question.query) else {
                    continue
                }
                answer = found.only(["services", "instances", "silent", "references"])
                known[question.path] = answer
            }
            reached.append(.object(element.place.joined(with: answer)))
        }
        return reached + environments
    }

    /// The path that tells whom a change of a thing reaches; `nil` where none does.
    private static func question(_ target: ItemTarget) -> (path: [UInt8], query: JSONObject)? {
        switch target.kind {
        case .config:
            guard let slash = target.name.lastIndex(of: UInt8(ascii: "/")) else { return nil }
            return (target.mount + Array("reach/".utf8) + target.name[..<slash], [:])
        case .key: return (target.mount + Array("reach/global".utf8), [:])
        case .secret: return (Array("config/references".utf8), ["path": .string(target.text)])
        case .flag, .state, .segment, .policy: return nil
        }
    }

    /// The environments of what stands in one.
    private var environments: [JSON] {
        sequence.elements.compactMap { element in
            guard element.target.kind == .state || element.target.kind == .segment,
                let slash = element.target.name.firstIndex(of: UInt8(ascii: "/"))
            else { return nil }
            var object = element.place
            object["environment"] = .string(String(decoding: element.target.name[..<slash], as: UTF8.self))
            return .object(object)
        }
    }
}
