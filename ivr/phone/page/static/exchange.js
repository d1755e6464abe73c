// The wire to the local carrier: one WebSocket, which is this phone. When it closes, the call is over.

const AGAIN = 1500; // milliseconds between two tries to reach it

// `told` gets each message, `lost` is called when the wire breaks, `found` when it is there (again).
export function connect({ told, lost, found }) {
  let socket = null;
  let leaving = false;

  const open = () => {
    socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/wire`);
    socket.onopen = () => found();
    socket.onmessage = (event) => told(JSON.parse(event.data));
    socket.onclose = () => {
      if (leaving) return;
      lost();
      setTimeout(open, AGAIN);
    };
  };
  // A page that is left hangs up at once, also where the browser keeps it for "back".
  window.addEventListener("pagehide", () => {
    leaving = true;
    socket.close();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  open();

  return (message) => {
    if (socket.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(message));
    return true;
  };
}
