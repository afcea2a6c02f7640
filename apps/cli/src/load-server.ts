/** The server's face, loaded when a command needs it: help and offline checks start without. Refuses an older Node. */
export async function loadServer() {
  const server = await import('@careward/server');
  server.assertNode26();
  return server;
}
