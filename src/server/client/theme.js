// Runs in the head, before the first paint, so that a chosen theme does not flash.
{
  const root = document.documentElement;
  root.classList.add('scripted');
  try {
    const theme = localStorage.getItem('daybook-theme');
    if (theme === 'light' || theme === 'dark') root.dataset['theme'] = theme;
  } catch {
    // A browser that keeps nothing for this page follows the system.
  }
}
