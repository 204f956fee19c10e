import EngineKit
import Notation

/// An evaluation as one caller gets to hear it.
struct EvaluationOutcome {
    /// The flag's key.
    let key: String
    /// What came of it.
    let evaluation: Evaluation
    /// Whether the caller's policies keep the variation from it.
    let isWithheld: Bool
    private let denied: Set<[UInt8]>

    /// Looks at an evaluation with a caller's eyes.
    ///
    /// - Parameter denied: the variations that the caller is not served.
    init(_ key: String, _ evaluation: Evaluation, denied: Set<[UInt8]>) {
        self.key = key
        self.evaluation = evaluation
        self.denied = denied
        isWithheld = !denied.isEmpty && evaluation.variation.map { denied.contains(Array($0.utf8)) } ?? false
    }

    /// The variation that is served.
    var served: Variation? {
        guard let flag = evaluation.flag, let index = servedIndex, flag.variations.indices.contains(index) else {
            return nil
        }
        return flag.variations[index]
    }

    /// The place of the variation that is served: the one that came out, or the off variation in place of one that is
    /// withheld.
    var servedIndex: Int? {
        guard isWithheld else { return evaluation.variationIndex }
        guard let flag = evaluation.flag, let off = flag.source.state?.offVariation,
            !denied.contains(Array(off.utf8))
        else { return nil }
        return flag.variations.firstIndex { $0.name.bytesEqual(to: off) }
    }

    /// OpenFeature's word for why.
    var reason: EvaluationReason { isWithheld ? .disabled : evaluation.reason }

    /// Whether there is a value or the caller's own default is to be used; else the error says why not.
    var error: EvaluationErrorCode? { isWithheld ? nil : evaluation.errorCode }
}

// MARK: Vault's dialect

extension EvaluationOutcome {
    /// The answer's `data`.
    ///
    /// - Parameter environment: the environment's name.
    func data(_ environment: String) -> JSONObject {
        var data: JSONObject = ["key": .string(key), "environment": .string(environment)]
        if let served {
            data["value"] = served.value
            data["variation"] = .string(served.name)
        }
        data["reason"] = .string(reason.rawValue)
        if let error {
            data["error_code"] = .string(error.rawValue)
            data["error_details"] = .string(error.details)
        }
        if let source = evaluation.flag?.source {
            data["type"] = .string(source.definition.type.rawValue)
            data["version"] = .integer(source.stateVersion)
        }
        if isWithheld { return data }
        if let index = evaluation.ruleIndex {
            data["rule"] = ["index": .integer(index), "id": .string(evaluation.ruleID ?? "")]
        }
        if let bucket = evaluation.bucket { data["bucket"] = .integer(bucket) }
        if let prerequisite = evaluation.failedPrerequisite { data["prerequisite"] = .string(prerequisite) }
        if let trace = evaluation.trace { data["trace"] = trace }
        return data
    }
}

// MARK: OFREP

extension EvaluationOutcome {
    /// The status of an answer about this flag alone.
    var remoteStatus: UInt16 {
        switch error {
        case nil: 200
        case .flagNotFound?: 404
        default: 400
        }
    }

    /// Appends the answer about one flag: `key`, `reason`, `variant` and `metadata` are always there; `value` is left
    /// out, never null, where the caller's own default is to be used.
    func appendRemote(_ environment: String, to text: inout [UInt8]) {
        text.append(literal: #"{"key":"#)
        text.appendJSONString(key)
        if let error {
            text.append(literal: #","errorCode":""#)
            text.append(contentsOf: error.rawValue.utf8)
            text.append(literal: #"","errorDetails":"#)
            text.appendJSONString(error.details)
        } else {
            let served = served
            if let served {
                text.append(literal: #","value":"#)
                served.value.write(into: &text)
            }
            text.append(literal: #","reason":""#)
            text.append(contentsOf: reason.rawValue.utf8)
            text.append(literal: #"","variant":"#)
            text.appendJSONString(served?.name ?? "")
        }
        appendMetadata(environment, to: &text)
        text.append(UInt8(ascii: "}"))
    }

    private func appendMetadata(_ environment: String, to text: inout [UInt8]) {
        text.append(literal: #","metadata":{"flagSetId":"#)
        text.appendJSONString(environment)
        if let version = evaluation.flag?.source.stateVersion {
            text.append(literal: #","version":"#)
            text.append(contentsOf: String(version).utf8)
        }
        if !isWithheld {
            if let rule = evaluation.ruleID {
                text.append(literal: #","rule":"#)
                text.appendJSONString(rule)
            }
            if let bucket = evaluation.bucket {
                text.append(literal: #","bucket":"#)
                text.append(contentsOf: String(bucket).utf8)
            }
            if let prerequisite = evaluation.failedPrerequisite {
                text.append(literal: #","prerequisite":"#)
                text.appendJSONString(prerequisite)
            }
        }
        text.append(UInt8(ascii: "}"))
    }
}
