"""The console: menus for ops in the browser. What is live, what the files say, edit, try, compare, publish, go back."""
