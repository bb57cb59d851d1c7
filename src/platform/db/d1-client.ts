// The one client of D1. It has the two methods of the binding that drizzle calls, and carries out
// each call within a time and again after a fault. No other file calls the binding.
import { carryOut, type Timing } from '../storage/carry-out.ts'

/** What the client needs of a binding, or of a session of it. */
export type D1Binding = Pick<D1Database, 'prepare' | 'batch'>

export type D1Options = {
  /** The name of the binding, for the log. */
  store?: string
  timing?: Timing
  /** Statements are built with it and never sent. */
  isUnbound?: true
}

/** SQLite has no function that writes. WITH may introduce an INSERT. */
const READS = /^\s*select\b/i

class ClientStatement {
  readonly client: D1Client
  readonly query: string
  readonly parameters: readonly unknown[]
  #prepared: D1PreparedStatement | undefined

  constructor(client: D1Client, query: string, parameters: readonly unknown[]) {
    this.client = client
    this.query = query
    this.parameters = parameters
  }

  bind(...parameters: unknown[]): ClientStatement {
    return new ClientStatement(this.client, this.query, parameters)
  }

  all() {
    return this.#carryOut((prepared) => prepared.all())
  }

  run() {
    return this.#carryOut((prepared) => prepared.run())
  }

  raw() {
    return this.#carryOut((prepared) => prepared.raw())
  }

  get isReading(): boolean {
    return READS.test(this.query)
  }

  prepared(binding: D1Binding): D1PreparedStatement {
    return (this.#prepared ??= binding.prepare(this.query).bind(...this.parameters))
  }

  #carryOut<T>(send: (prepared: D1PreparedStatement) => Promise<T>): Promise<T> {
    return this.client.carryOut((binding) => send(this.prepared(binding)), this.isReading)
  }
}

export class D1Client {
  readonly #binding: D1Binding
  readonly #options: D1Options

  constructor(binding: D1Binding, options: D1Options) {
    this.#binding = binding
    this.#options = options
  }

  get isUnbound(): boolean {
    return this.#options.isUnbound === true
  }

  prepare(query: string): ClientStatement {
    return new ClientStatement(this, query, [])
  }

  /**
   * One transaction and one round trip. `isRepeatable`: the caller knows that it may be carried out
   * twice, as where it writes the same values. What only reads always may.
   */
  batch(statements: readonly ClientStatement[], isRepeatable = false): Promise<D1Result[]> {
    return this.carryOut(
      (binding) => binding.batch(statements.map((statement) => statement.prepared(binding))),
      isRepeatable || statements.every(({ isReading }) => isReading),
    )
  }

  carryOut<T>(send: (binding: D1Binding) => Promise<T>, isRepeatable: boolean): Promise<T> {
    const { store = 'DB', timing } = this.#options
    return carryOut(async () => send(this.#binding), { store, isRepeatable, timing })
  }
}
