import EngineKit
import Notation

extension FeatureFlagEngine {
    /// POST `replay {receipt, context}`: evaluates as it was then, and tells what comes out differently.
    ///
    /// The caller needs the right to evaluate the flag that the receipt is about, besides that for this path.
    func replay(_ request: EngineRequest, _ transaction: Transaction) throws(EngineError) -> EngineResponse {
        guard let text = try request.input.string("receipt"),
            let receipt = try? EvaluationReceipt(parsing: text)
        else { throw .invalid("receipt: is not a receipt of an evaluation") }
        let scope = FlagScope(request, transaction)
        let environment = Array(receipt.environment.utf8)
        let path = request.mount.path + Array("evaluate/\(receipt.environment)/\(receipt.flag)".utf8)
        guard request.rights.allow(.evaluate, path), request.rights.deniedVariations(path).isEmpty else {
            throw .permissionDenied(reason: "the receipt is about a flag that the token may not evaluate")
        }
        // Flags begin with a revision, and no answer was given of one that is still to come.
        guard receipt.revision > 0, receipt.revision <= (try scope.log.revision()) else {
            throw .invalid("receipt: there was no such revision")
        }
        let context: EvaluationContext
        do throws(ContextError) {
            context = try EvaluationContext(request.input.members["context"])
        } catch {
            throw .invalid("context: \(error)")
        }
        let loading = FlagLoading(scope, environment, asOf: .revision(receipt.revision))
        let set = try loading.around(Array(receipt.flag.utf8), at: receipt.revision)
        let replay = receipt.replay(in: set, context: context)
        var answer: JSONObject = [
            "same": .bool(replay.isSame), "flag": .string(receipt.flag), "environment": .string(receipt.environment),
            "time": .string(receipt.time.description), "differences": .array(replay.differences.map(\.json)),
        ]
        if !replay.isSame { answer["why"] = .string(replay.words) }
        return .data(answer)
    }
}

extension EvaluationReplay {
    /// Why it is not the same, in a sentence.
    fileprivate var words: String {
        if hasOtherContext { return "the context is not the one that was evaluated" }
        if hasOtherVariation { return "another variation came out" }
        return "the outcome differs in \(differences.map(\.path).joined(separator: ", "))"
    }
}
