"""The stylesheet. `@name` stands for a colour of `theme.Colours`; spacing is in steps of 4 px."""

STYLESHEET = """
* { outline: 0; }
QBalloonTip QLabel { color: black; }
QBalloonTip QPushButton { background: transparent; border: 0; min-height: 0; padding: 0; }
QToolTip { background: @raised; color: @text; border: 1px solid @line; padding: 4px 8px; }
QMainWindow, QDialog, #chatColumn, #page, #welcomePage { background: @surface; }
QLabel { background: transparent; }
QLabel[role="muted"] { color: @muted; }
QLabel[role="danger"] { color: @danger; }
QLabel[role="success"] { color: @success; }
QLabel[role="warning"] { color: @warning; }

QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QInputDialog QLineEdit { min-width: 360px; }

/* ---- sidebar ---- */
#sidebar { background: @window; border: 0; border-right: 1px solid @line; }
#conversationList { background: transparent; border: 0; }
#conversationList::item { border-radius: 8px; padding: 0; margin: 0; }

/* ---- buttons ---- */
QPushButton {
    background: @raised; color: @text; border: 1px solid @line; border-radius: 8px; padding: 7px 14px;
    min-height: 18px;
}
QPushButton:hover { background: @hover; }
QPushButton:pressed { background: @line; }
QPushButton:checked { background: @accent_soft; border: 1px solid @accent; }
QPushButton:focus { border: 1px solid @accent; }
QPushButton:disabled { color: @muted; background: transparent; }
QPushButton[role="primary"] { background: @accent; color: @on_accent; border: 1px solid @accent; }
QPushButton[role="primary"]:hover { background: @accent_hover; border: 1px solid @accent_hover; }
QPushButton[role="primary"]:focus { border: 1px solid @text; }
QPushButton[role="primary"]:disabled { background: @hover; color: @muted; border: 1px solid @hover; }
QPushButton[role="quiet"] { background: transparent; border: 1px solid transparent;
    color: @muted; padding: 4px 8px; }
QPushButton[role="quiet"]:hover { background: @hover; color: @text; }
QPushButton[role="quiet"]:focus { border: 1px solid @accent; }
QPushButton[role="link"] { background: transparent; border: 0; color: @muted; padding: 4px 0; }
QPushButton[role="link"]:hover { color: @text; }
QPushButton[role="link"]:focus { color: @accent; text-decoration: underline; }
#toast QPushButton[role="link"] { color: @accent; font-weight: 600; }
QPushButton[role="switch"] { padding: 5px 12px; color: @muted; background: transparent; }
QPushButton[role="switch"]:hover { background: @hover; }
QPushButton[role="switch"]:checked { background: @accent_soft; color: @text; border: 1px solid @accent; }
QPushButton[role="suggestion"] {
    background: @raised; border: 1px solid @line; border-radius: 12px; padding: 0; text-align: left;
}
QPushButton[role="suggestion"]:hover { background: @accent_soft; border: 1px solid @accent; }
QPushButton[role="suggestion"]:focus { border: 1px solid @accent; }
QPushButton[role="way"] { background: transparent; border: 1px solid transparent; text-align: left;
    padding: 7px 10px; }
QPushButton[role="way"]:hover { background: @hover; }
QPushButton[role="way"]:focus { border: 1px solid @accent; }
QPushButton[role="way"][current="true"] { background: @accent_soft; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 8px;
    padding: 5px; color: @text; }
QToolButton:hover { background: @hover; }
QToolButton:pressed { background: @line; }
QToolButton:focus { border: 1px solid @accent; }
QToolButton::menu-indicator { image: none; }
QToolButton[role="send"] { background: @accent; border: 1px solid @accent; border-radius: 18px; }
QToolButton[role="send"]:hover { background: @accent_hover; }
QToolButton[role="send"]:focus { border: 1px solid @text; }
QToolButton[role="send"]:disabled { background: @hover; border: 1px solid @hover; }
QToolButton[role="fold"] { padding: 1px; border-radius: 6px; }
QToolButton[role="page"] { padding: 4px; border-radius: 8px; }
QToolButton[role="round"] { border-radius: 18px; }
QToolButton[role="play"] { background: @accent; border: 1px solid @accent; border-radius: 17px; }
QToolButton[role="play"]:hover { background: @accent_hover; }
QToolButton[role="play"]:focus { border: 1px solid @text; }

/* ---- text entry ---- */
QLineEdit {
    background: @surface; color: @text; border: 1px solid @line; border-radius: 8px; padding: 7px 10px;
    placeholder-text-color: @muted;
    selection-background-color: @accent; selection-color: @on_accent;
}
QLineEdit:focus { border: 1px solid @accent; }
QComboBox, QSpinBox, QDoubleSpinBox {
    background: @surface; color: @text; border: 1px solid @line; border-radius: 8px; padding: 6px 10px;
    min-height: 20px; selection-background-color: @accent; selection-color: @on_accent;
}
QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus { border: 1px solid @accent; }
QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled { color: @muted; background: transparent; }
QComboBox::drop-down { border: 0; width: 26px; }
QComboBox::down-arrow { image: none; }
QComboBox { combobox-popup: 0; }
QComboBox QAbstractItemView { background: @surface; color: @text; border: 1px solid @line; padding: 4px; }
QComboBox QAbstractItemView::item { padding: 6px 8px; border-radius: 6px; }
QComboBox QAbstractItemView::item:selected { background: @accent_soft; color: @text; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {
    width: 0; border: 0; }
QSpinBox QLineEdit, QDoubleSpinBox QLineEdit { border: 0; padding: 0 10px; background: transparent; }
QComboBox QLineEdit { border: 0; padding: 0; background: transparent; }
QCheckBox { spacing: 8px; color: @text; background: transparent; }
QCheckBox:focus { color: @accent; }
QCheckBox::indicator { width: 16px; height: 16px; border: 1px solid @muted; border-radius: 5px;
    background: @surface; }
QCheckBox::indicator:checked { background: @accent; border: 1px solid @accent; }
QAbstractScrollArea::corner { background: transparent; border: 0; }
QPushButton::menu-indicator { image: none; width: 0; }
QListWidget { background: transparent; border: 0; color: @text; }
#card QListWidget { background: @surface; border: 1px solid @line; border-radius: 8px; }
#palette { background: @raised; border: 1px solid @line; border-radius: 14px; }
#palette QListWidget::item { padding: 8px 10px; border-radius: 8px; }
#palette QListWidget::item:selected { background: @accent_soft; color: @text; }
#inspector, #inspectorBody { background: @window; border: 0; }
#inspector { border-left: 1px solid @line; }
#planGraph { background: @raised; border: 0; }
#composerBox { background: @raised; border: 1px solid @line; border-radius: 18px; }
#composerBox[focused="true"] { border: 1px solid @accent; }
#composerBox[dropping="true"] { background: @accent_soft; border: 1px dashed @accent; }
#composerText { background: transparent; border: 0; color: @text; placeholder-text-color: @muted;
    selection-background-color: @accent; selection-color: @on_accent; }

#findBar { background: @raised; border: 0; border-bottom: 1px solid @line; }
#toast { background: @raised; border: 1px solid @accent; border-radius: 12px; }
#requestQueue { background: @raised; border: 1px dashed @line; border-radius: 12px; }

/* ---- messages ---- */
#userBubble { background: @accent_soft; border: 0; border-radius: 16px; }
#codeBlock { background: @raised; border: 1px solid @line; border-radius: 10px; }
#codeBlock QPlainTextEdit { background: transparent; border: 0; color: @text;
    selection-background-color: @accent; selection-color: @on_accent; }
#markdown { background: transparent; border: 0; color: @text;
    selection-background-color: @accent; selection-color: @on_accent; }
#card { background: @raised; border: 1px solid @line; border-radius: 12px; }
#settingRow { background: transparent; border: 0; border-radius: 8px; }
#settingRow[named="true"] { background: @accent_soft; }
#dangerCard { background: @danger_soft; border: 1px solid @danger; border-radius: 12px; }
#warningCard { background: @warning_soft; border: 1px solid @warning; border-radius: 12px; }
#planPanel { background: @raised; border: 1px solid @line; border-radius: 12px; }
#planRow { background: transparent; border: 0; }
#rowLine { background: @line; border: 0; max-height: 1px; min-height: 1px; }
QLabel[role="badge"] { background: @hover; color: @muted; border-radius: 8px; padding: 1px 7px; }
QLabel[role="score"] { color: @muted; }
#chip { background: @surface; border: 1px solid @line; border-radius: 10px; }
#userBubble #chip { background: @surface; }
#imageFrame { background: @raised; border: 1px solid @line; border-radius: 10px; }

/* ---- viewers ---- */
QTableView { background: @surface; alternate-background-color: @raised; color: @text; border: 0;
    selection-background-color: @accent_soft; selection-color: @text; }
QTableView::item { padding: 0 10px; border: 0; }
QTableView::item:focus { border: 1px solid @accent; }
#tablePreview { border: 1px solid @line; }
QTableCornerButton::section { background: @raised; border: 0; border-bottom: 1px solid @line; }
QHeaderView { background: @raised; border: 0; }
QHeaderView::section { background: @raised; color: @muted; border: 0; border-bottom: 1px solid @line;
    padding: 0 13px; font-weight: 600; }
QHeaderView::section:vertical { border-bottom: 0; font-weight: 400; padding: 0 8px; }
#textPage { background: @surface; color: @text; border: 0;
    selection-background-color: @accent; selection-color: @on_accent; }
#pageList { background: @window; border: 0; border-right: 1px solid @line; color: @muted; }
#pageList::item { border-radius: 8px; padding: 4px; }
#pageList::item:selected { background: @accent_soft; color: @text; }

/* ---- bars ---- */
QProgressBar { background: @hover; border: 0; border-radius: 5px; min-height: 10px; max-height: 10px; }
QProgressBar::chunk { background: @accent; border-radius: 5px; }
QSlider::groove:horizontal { background: @line; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @accent; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal { background: @accent; width: 14px; height: 14px;
    margin: -5px 0; border-radius: 7px; }
QSlider::handle:horizontal:focus { background: @text; }
QScrollArea { background: transparent; border: 0; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar::handle:vertical { background: @line; border-radius: 4px; min-height: 32px; }
QScrollBar::handle:vertical:hover { background: @muted; }
QScrollBar::handle:vertical:disabled { background: transparent; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 2px; }
QScrollBar::handle:horizontal { background: @line; border-radius: 4px; min-width: 32px; }
QScrollBar::handle:horizontal:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
#statusLine { background: @window; border: 0; border-top: 1px solid @line; }
#statusLine QLabel { color: @muted; }
#sheetTabs, #sheetTabs:focus { background: @surface; border: 0; }
#sheetTabs::tab { background: transparent; color: @muted; padding: 6px 14px; margin: 0 2px 4px 2px;
  border: 1px solid transparent; border-top: 0; border-bottom-left-radius: 8px;
  border-bottom-right-radius: 8px; }
#sheetTabs::tab:hover { background: @hover; color: @text; }
#sheetTabs::tab:selected { background: @accent_soft; color: @text; font-weight: 600; }
#viewerFoot { background: @surface; border: 0; border-top: 1px solid @line; }
QSplitter::handle { background: @line; }
QSplitter::handle:horizontal { width: 1px; }
#topBar { background: @surface; border: 0; border-bottom: 1px solid @line; }

/* ---- menus ---- */
QMenu { background: @surface; color: @text; border: 1px solid @line; border-radius: 10px; padding: 6px; }
QMenu::item { padding: 7px 24px 7px 12px; border-radius: 6px; }
QMenu::item:selected { background: @accent_soft; color: @text; }
QMenu::item:disabled { color: @muted; }
QMenu::separator { background: @line; height: 1px; margin: 6px 8px; }
QMenu::indicator { width: 14px; height: 14px; }
"""
