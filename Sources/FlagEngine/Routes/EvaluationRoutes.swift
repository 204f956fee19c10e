import EngineKit
import Notation

extension FeatureFlagEngine {
    /// POST `evaluate/:env/:flag {context, explain?, as_of?, receipt?}`.
    func evaluateOne(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let asked = try EvaluationQuestion(request, transaction)
        let key = request.captures.text("flag")
        guard DocumentName.isValid(key) else { throw .status(404, ["there is no flag of this name"]) }
        let set = try flags(asked, Array(key.utf8))
        let recording = EvaluationRecording(asked, set, recorder)
        let evaluation =
            asked.sees(set.flag(key))
            ? set.evaluate(
                key, context: asked.context, now: asked.time, explain: asked.explains,
                assignments: recording.assignments)
            : .flagNotFound
        let outcome = EvaluationOutcome(
            key, evaluation, denied: request.rights.deniedVariations(request.mount.path + request.path))
        try recording.finish([outcome])
        switch request.dialect {
        case .vault:
            // An answer like any other, so that what was asked for in vain is recorded.
            if outcome.error == .flagNotFound {
                return .raw(["errors": .strings(["no flag named \"\(key)\""])], status: 404)
            }
            var data = outcome.data(asked.environmentText)
            data["revision"] = .integer(set.revision)
            addReceipt(of: outcome, asked, set, to: &data)
            return .data(data)
        case .ofrep:
            var body: [UInt8] = []
            body.reserveCapacity(192)
            outcome.appendRemote(asked.environmentText, to: &body)
            return EngineResponse(.raw(contentType: "application/json", body), status: outcome.remoteStatus)
        }
    }

    /// POST `evaluate/:env {context, explain?, as_of?, receipt?}`: every flag that the caller could ask for one by one.
    func evaluateAll(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        let asked = try EvaluationQuestion(request, transaction)
        let set = try flags(asked, nil)
        let recording = EvaluationRecording(asked, set, recorder)
        switch request.dialect {
        case .vault:
            let outcomes = outcomes(asked, set, recording)
            try recording.finish(outcomes)
            let answers = outcomes.map { outcome in
                var data = outcome.data(asked.environmentText)
                addReceipt(of: outcome, asked, set, to: &data)
                return JSON.object(data)
            }
            return .data([
                "environment": .string(asked.environmentText), "revision": .integer(set.revision),
                "flags": .array(answers),
            ])
        case .ofrep:
            let tag = EvaluationTag.text(asked, set)
            if EntityTag.isKnown(tag, to: request.knownTags) {
                var response = EngineResponse(.raw(contentType: "", []), status: 304)
                response.entityTag = tag
                recording.confirm { asked.allowed(in: set).map { set.flags[$0.index] } }
                return response
            }
            let outcomes = outcomes(asked, set, recording)
            try recording.finish(outcomes)
            var response = EngineResponse(.raw(contentType: "application/json", remoteBody(asked, set, outcomes)))
            response.entityTag = tag
            return response
        }
    }

    /// Adds the receipt of an evaluation where one is asked for; there is none of what is kept from the caller.
    private func addReceipt(
        of outcome: EvaluationOutcome, _ asked: EvaluationQuestion, _ set: FlagSet, to data: inout JSONObject
    ) {
        guard asked.wantsReceipt, !outcome.isWithheld else { return }
        let receipt = EvaluationReceipt(outcome.evaluation, in: set, context: asked.context, now: asked.time)
        data["receipt"] = receipt.map { .string($0.text) } ?? .null
    }

    private func remoteBody(
        _ asked: EvaluationQuestion, _ set: FlagSet, _ outcomes: [EvaluationOutcome]
    ) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(outcomes.count * 160 + 256)
        body.append(literal: #"{"flags":["#)
        for outcome in outcomes {
            if body.last != UInt8(ascii: "[") { body.append(UInt8(ascii: ",")) }
            outcome.appendRemote(asked.environmentText, to: &body)
        }
        body.append(literal: #"],"eventStreams":[{"type":"sse","endpoint":{"requestUri":"#)
        let channel = EventChannel.name(of: asked.environment, in: asked.request.mount.realm)
        body.appendJSONString("/ofrep/v1/events/\(asked.environmentText)/\(channel)")
        body.append(literal: #"},"inactivityDelaySec":120}],"metadata":{"flagSetId":"#)
        body.appendJSONString(asked.environmentText)
        body.append(literal: #","revision":"#)
        // The same for the same tag.
        let revision = asked.seesPublicOnly ? set.publicPart.revision : set.revision
        body.append(contentsOf: String(revision).utf8)
        body.append(literal: "}}")
        return body
    }

    /// Evaluates the flags of a set that the caller may see, in the order of their keys.
    private func outcomes(
        _ asked: EvaluationQuestion, _ set: FlagSet, _ recording: EvaluationRecording
    ) -> [EvaluationOutcome] {
        asked.allowed(in: set).map { index, denied in
            let evaluation = set.evaluate(
                at: index, context: asked.context, now: asked.time, explain: asked.explains,
                assignments: recording.assignments)
            return EvaluationOutcome(set.flags[index].key, evaluation, denied: denied)
        }
    }

    /// The flags to evaluate: as they are, or as they were.
    private func flags(_ asked: EvaluationQuestion, _ key: [UInt8]?) throws(EngineError) -> FlagSet {
        guard let moment = asked.moment else { return try sets.current(asked.scope, asked.environment) }
        let loading = FlagLoading(asked.scope, asked.environment, asOf: moment)
        let revision = if case .revision(let past) = moment { past } else { try asked.scope.log.revision() }
        guard let key else { return try loading.all(at: revision) }
        return try loading.around(key, at: revision)
    }

    /// The flags that have a flag as a prerequisite, with the variation they ask for.
    ///
    /// - Parameter environment: only there; `nil` for everywhere.
    func dependents(
        of key: [UInt8], _ scope: FlagScope, within environment: [UInt8]? = nil
    ) throws(EngineError) -> [(flag: String, environment: String)] {
        let flag = String(decoding: key, as: UTF8.self)
        var found: [(flag: String, environment: String)] = []
        for place in try Environments(scope).all() where environment.map({ $0 == place.name }) ?? true {
            let set = try sets.current(scope, place.name)
            found += set.dependents(ofFlag: flag).map { ($0, set.environment) }
        }
        return found
    }
}
