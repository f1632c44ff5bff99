// Tells the window in which somebody was writing that its writer is back.
'use strict';
if (window.BroadcastChannel) new BroadcastChannel('staff-login').postMessage('back');
window.close();
