/** The face of the server package: what the operator's command line may use. */
export * from './operator/index.ts';
