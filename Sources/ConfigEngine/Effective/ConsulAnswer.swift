import EngineKit
import Notation

extension ConfigurationEngine {
    /// GET `effective/:svc?format=consul&key=&recurse=&keys=&separator=&raw=&index=&wait=`: what a place is served, as
    /// Consul's key-value store tells it. What is kept back from the caller is not there.
    func consulAnswer(_ scope: ConfigScope) throws(EngineError) -> EngineResponse {
        let asked = try EffectiveQuestion(scope)
        let document = try document(asked)
        // Clients take an index of 0 for none, and would ask again and again.
        let index = max(1, document.revision)
        if let known = asked.index, known > 0, known == index, scope.request.now < asked.deadline {
            return EngineResponse(.later(stream(asked, after: document.revision), asked.deadline))
        }
        let served = try EffectiveReading(document, asked).served
        let entries = served.map { leaf, value in
            ConsulEntry(key: leaf.key, value: value, index: max(1, leaf.winner?.entry.revision ?? index))
        }
        var response = try ConsulQuestion(scope.request.input, asked.place).answer(entries)
        response.index = index
        return response
    }
}

/// A key as Consul's store has it.
private struct ConsulEntry {
    let key: String
    let value: JSON
    let index: UInt64

    /// The value's bytes: a string by itself, everything else as JSON.
    var bytes: [UInt8] { Array(value.plainText.utf8) }

    func json(_ folder: String) -> JSON {
        [
            "LockIndex": 0, "Key": .string(folder + key), "Flags": 0, "Value": .string(Base64.encode(bytes)),
            "CreateIndex": .integer(index), "ModifyIndex": .integer(index),
        ]
    }
}

/// Which keys a client of Consul asks for, and in which form.
private struct ConsulQuestion {
    private enum Form {
        case one, raw, all, names
    }

    /// What the names of all keys of the place begin with.
    private let folder: String
    private let key: String
    private let form: Form
    private let separator: [UInt8]

    init(_ input: Input, _ place: Place) throws(EngineError) {
        var parts = [place.service, place.environment, place.instance]
        while parts.count > 1, parts.last?.utf8.isEmpty ?? false { parts.removeLast() }
        folder = "config/\(parts.joined(separator: ","))/"
        key = try input.string("key") ?? ""
        separator = Array((try input.string("separator") ?? "").utf8)
        if try input.bool("keys") ?? false {
            form = .names
        } else if try input.bool("recurse") ?? false {
            form = .all
        } else {
            form = try input.bool("raw") ?? false ? .raw : .one
        }
    }

    /// The answer; 404 without a body where there is nothing.
    func answer(_ entries: [ConsulEntry]) -> EngineResponse {
        let below = entries.filter { $0.key.hasBytePrefix(key) }
        switch form {
        case .names where !below.isEmpty: return json(.strings(names(below)))
        case .all where !below.isEmpty: return json(.array(below.map { $0.json(folder) }))
        case .one, .raw:
            guard let entry = below.first(where: { $0.key.bytesEqual(to: key) }) else { break }
            if case .one = form { return json([entry.json(folder)]) }
            return EngineResponse(.raw(contentType: "text/plain; charset=utf-8", entry.bytes))
        case .names, .all: break
        }
        return EngineResponse(.raw(contentType: "", []), status: 404)
    }

    /// The names, each up to the first separator behind what was asked for, and each once.
    private func names(_ entries: [ConsulEntry]) -> [String] {
        var names: [String] = []
        for entry in entries {
            var name = Array(entry.key.utf8)
            let rest = name.dropFirst(key.utf8.count)
            if !separator.isEmpty, let found = rest.firstRange(of: separator) {
                name = Array(name[..<found.upperBound])
            }
            let text = folder + String(decoding: name, as: UTF8.self)
            // The keys are in order, so those that become one stand together.
            if !(names.last?.bytesEqual(to: text) ?? false) { names.append(text) }
        }
        return names
    }

    private func json(_ value: JSON) -> EngineResponse {
        EngineResponse(.raw(contentType: "application/json", value.serialized()))
    }
}
