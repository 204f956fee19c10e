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

    /// What who waits for another revision of a place is woken by: any change that the place sees.
    func stream(_ asked: EffectiveQuestion, after: UInt64?) -> EventStream {
        let (realm, place) = (asked.scope.realm, asked.place)
        return ChangeEvents(realm, place).stream("wait", after: after) {
            revision, change, transaction throws(EngineError) in
            try ChangeEvents(realm, place).event(revision, change, transaction)
        }
    }
}
