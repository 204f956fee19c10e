import EngineKit
import Notation

extension ConfigurationEngine {
    /// GET `effective/:svc?env=&instance=&explain=&format=&as_of=&snapshot=&index=&wait=`: what a place is served.
    ///
    /// A client that has it already (`If-None-Match`) is told so; one that says which revision it has (`index`) waits
    /// for another one.
    func readEffective(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let scope = ConfigScope(request, transaction)
        switch try request.input.string("format").flatMap({ ClientForm(name: $0) }) {
        case .spring?: return try springAnswer(scope)
        case .consul?: return try consulAnswer(scope)
        case nil: break
        }
        let asked = try EffectiveQuestion(scope)
        let document = try document(asked)
        if let index = asked.index, index == document.revision, request.now < asked.deadline {
            return EngineResponse(.later(stream(asked, after: document.revision), asked.deadline))
        }
        let reading = try EffectiveReading(document, asked)
        let tag = reading.tag
        var response: EngineResponse
        if EntityTag.isKnown(tag, to: request.knownTags) {
            response = EngineResponse(.raw(contentType: "", []), status: 304)
        } else if asked.format == .json {
            response = EngineResponse(.rendered(reading.data))
        } else {
            response = EngineResponse(.raw(contentType: asked.format.contentType, try Self.rendered(reading, asked)))
        }
        response.entityTag = tag
        return response
    }

    /// The document that a question is about.
    func document(_ asked: EffectiveQuestion) throws(EngineError) -> EffectiveDocument {
        guard let moment = asked.moment else { return try document(for: asked.place, asked.scope) }
        return EffectiveDocument(try pictures.past(asked.scope, at: moment), for: asked.place)
    }

    /// What a place is served now.
    func document(for place: Place, _ scope: ConfigScope) throws(EngineError) -> EffectiveDocument {
        let revision = try scope.log.revision()
        if let known = pictures.document(scope.realm, place, at: revision) { return known }
        return pictures.document(scope.realm, place, madeOf: try pictures.current(scope))
    }

    private static func rendered(
        _ reading: EffectiveReading, _ asked: EffectiveQuestion
    ) throws(EngineError) -> [UInt8] {
        let (values, leftOut) = reading.entries
        do throws(RenderingError) {
            return try asked.format.render(values, leftOut: leftOut, name: asked.place.service)
        } catch {
            throw .invalid("format: \(error)")
        }
    }

    /// GET `watch/:svc?env=&instance=`: the changes of what a place is served, as they happen.
    func watch(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let asked = try EffectiveQuestion(ConfigScope(request, transaction))
        return EngineResponse(.events(stream(asked, after: try request.lastEventNumber())))
    }

    /// The changes that a place sees: which keys, and whether one of them asks for a restart; never the values.
    func stream(_ asked: EffectiveQuestion, after: UInt64?) -> EventStream {
        let (realm, place) = (asked.scope.realm, asked.place)
        let group = "\(place.service)/\(place.environment)/\(place.instance)"
        return EventStream(
            realm: realm, changes: ConfigRecords.changes, group: Array(group.utf8),
            tell: { revision, transaction throws(EngineError) in
                let log = ConfigLog(realm: realm, transaction: transaction)
                guard let change = try log.change(revision), change.concerns(place) else { return nil }
                return try Self.event(revision, change, realm, transaction)
            },
            recall: { transaction, now throws(EngineError) in
                guard let after else { return [] }
                let log = ConfigLog(realm: realm, transaction: transaction)
                let newest = try log.revision()
                // What is too far back, or ahead of a store that was restored, is fetched anew.
                guard after <= newest, newest - after <= 1_000,
                    let changes = try log.changes(after: after, through: newest)
                else { return [EventStream.event(newest, "refetch", ["revision": .integer(newest)])] }
                var events: [[UInt8]] = []
                for (offset, change) in changes.enumerated() where change.concerns(place) {
                    events.append(try Self.event(after + UInt64(offset) + 1, change, realm, transaction))
                }
                return events
            })
    }

    private static func event(
        _ revision: UInt64, _ change: ConfigLog.Change, _ realm: Realm, _ transaction: Transaction
    ) throws(EngineError) -> [UInt8] {
        let documents = DocumentStore(realm: realm, transaction: transaction)
        var needsRestart = false
        for key in change.keys {
            guard let definition = try documents.current(.key, Array(key.utf8))?.keyDefinition() else { continue }
            needsRestart = needsRestart || definition.reload == .static
        }
        return EventStream.event(
            revision, "change",
            [
                "revision": .integer(revision), "keys": .strings(change.keys), "restart_needed": .bool(needsRestart),
                "time": .string(change.time.description),
            ])
    }
}
