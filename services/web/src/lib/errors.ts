/**
 * WebError
 *  ├─ SettingsError      a setting is missing or cannot be used
 *  └─ ApiError           the API gave no usable answer
 *      ├─ ApiUnreachable   no answer at all, or none in time
 *      ├─ ApiFailed        an answer of 5xx: the fault is on its side
 *      ├─ ApiMissing       an answer of 404: there is no such thing
 *      ├─ ApiRefused       another answer than 2xx: it wants a different request
 *      └─ ApiInvalid       a 2xx answer of another shape than agreed
 *
 * Messages are for the operator's log; a page shows its own words for each kind.
 */
export abstract class WebError extends Error {
  abstract readonly kind: "settings" | "unreachable" | "failed" | "missing" | "refused" | "invalid";
}

/** Raised when the environment lacks a required setting or holds an unusable one. */
export class SettingsError extends WebError {
  readonly kind = "settings";

  constructor(
    readonly setting: string,
    /** What is wrong with it, for a page's own words. */
    readonly problem: "missing" | "unusable",
    expectation: string,
  ) {
    super(`${setting}: ${expectation}`);
  }
}

export abstract class ApiError extends WebError {}

/** Raised when the API cannot be connected to or does not answer in time. */
export class ApiUnreachable extends ApiError {
  readonly kind = "unreachable";

  constructor(path: string, reason: string) {
    super(`${path}: no answer: ${reason}`);
  }
}

/** Raised when the API answers with a status of 5xx. */
export class ApiFailed extends ApiError {
  readonly kind = "failed";

  constructor(
    path: string,
    readonly status: number,
  ) {
    super(`${path}: answered ${status}`);
  }
}

/** Raised when the API answers 404. */
export class ApiMissing extends ApiError {
  readonly kind = "missing";

  constructor(path: string) {
    super(`${path}: answered 404`);
  }
}

/** Raised when the API answers with another status than 2xx, 404 and 5xx. */
export class ApiRefused extends ApiError {
  readonly kind = "refused";

  constructor(
    path: string,
    readonly status: number,
  ) {
    super(`${path}: answered ${status}`);
  }
}

/** Raised when the API's answer is not the JSON agreed on. */
export class ApiInvalid extends ApiError {
  readonly kind = "invalid";

  constructor(path: string, problems: readonly string[]) {
    super(`${path}: unexpected answer: ${problems.join("; ")}`);
  }
}
