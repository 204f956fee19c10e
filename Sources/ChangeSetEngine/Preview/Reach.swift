import EngineKit
import Notation

/// Whom the items of a change set reach: the services and instances that see a layer, the environment of a flag.
struct Reach {
    private let scope: ChangeSetScope
    private let sequence: ItemSequence
    private let reading: ItemReading

    init(_ scope: ChangeSetScope, _ sequence: ItemSequence) {
        self.scope = scope
        self.sequence = sequence
        reading = ItemReading(scope.request.vault, scope.transaction)
    }

    /// What each item reaches, as far as whoever asks may read the item itself.
    func json() throws(EngineError) -> [JSON] {
        let found = try sequence.each { element throws(EngineError) -> JSON? in
            let target = element.target
            guard scope.request.rights.allow(.read, target.path) else { return nil }
            var object = element.place
            switch target.kind {
            case .config:
                guard let slash = target.name.lastIndex(of: UInt8(ascii: "/")),
                    let reach = try reading.data(target.mount + Array("reach/".utf8) + target.name[..<slash])
                else { return nil }
                object = object.joined(with: reach.only(["services", "instances", "silent"]))
            case .key:
                guard let reach = try reading.data(target.mount + Array("reach/global".utf8)) else { return nil }
                object = object.joined(with: reach.only(["services", "instances", "silent"]))
            case .state, .segment:
                guard let slash = target.name.firstIndex(of: UInt8(ascii: "/")) else { return nil }
                object["environment"] = .string(String(decoding: target.name[..<slash], as: UTF8.self))
            case .secret:
                let query: JSONObject = ["path": .string(target.text)]
                guard let users = try reading.data(Array("config/references".utf8), query) else { return nil }
                object = object.joined(with: users.only(["references"]))
            case .flag, .policy: return nil
            }
            return .object(object)
        }
        return found.compactMap { $0 }
    }
}
